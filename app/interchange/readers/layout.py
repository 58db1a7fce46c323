"""What folders mean: `<class>/<file>`, perhaps below `train/` and `test/`, or one outer folder.

Pure rules on paths, for real folders and archives alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.interchange.readers.source import Split

#: The folders above a file, outermost first.
Folders = tuple[str, ...]

_TRAINING = {"train", "training", "val", "valid", "validation"}
_TESTING = {"test", "testing"}


@dataclass(frozen=True)
class Layout:
    """How to read a path's folders."""

    #: Outer folders that all files share and that say nothing.
    outer: int
    #: Whether the next folder is a split.
    splits: bool

    def label(self, folders: Folders) -> str | None:
        """Return the class that a file's folders name, if any."""
        below = folders[self.outer + self.splits :]
        return below[0] if below else None

    def split(self, folders: Folders) -> Split:
        """Return the split that a file's folders name."""
        named = self.splits and folders[self.outer].lower() in _TESTING
        return Split.TEST if named else Split.TRAIN


def of(folders: Iterable[Folders]) -> Layout:
    """Find out the layout from the folders that hold files."""
    rest = set(folders)
    outer = 0
    while (name := _shared(rest)) and name.lower() not in _TRAINING | _TESTING:
        rest = {each[1:] for each in rest}
        outer += 1
    first = {each[0].lower() if each else "" for each in rest}
    splits = bool(first & _TRAINING and first <= _TRAINING | _TESTING)
    return Layout(outer, splits)


def _shared(folders: set[Folders]) -> str:
    """Return the outermost folder if all files are in folders below it, else nothing."""
    first = {each[0] if each else "" for each in folders}
    deep = all(len(each) > 1 for each in folders)
    return first.pop() if len(first) == 1 and deep else ""


def is_hidden(parts: Iterable[str]) -> bool:
    """Whether a path is something that systems leave behind, such as `.DS_Store`."""
    left_behind = ("__MACOSX", "Thumbs.db", "desktop.ini")
    return any(part.startswith(".") or part in left_behind for part in parts)
