"""A folder of image files on this machine; folders in it may be classes.

Symbolic links are followed only to files within the folder, so that an import cannot be led to
anything else. Knows nothing of how a file is decoded.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from app.interchange.errors import ImportRefused
from app.interchange.readers import layout
from app.interchange.readers.layout import Folders, Layout
from app.interchange.readers.source import SourceImage, refused
from app.interchange.verdicts import Refused, Verdict


class FolderSource:
    """The image files below a folder, by name."""

    def __init__(self, path: str, *, limit_bytes: int) -> None:
        if not Path(path).is_dir():
            raise ImportRefused(f"There is no folder {path}; check the path.")
        self._root = Path(path).resolve()
        self._limit = limit_bytes
        self._layout, self._labels, self._count = self._look()

    def _look(self) -> tuple[Layout, list[str], int]:
        """Learn from the folders alone what they mean."""
        holding: dict[Folders, int] = {}
        for folders, files in self._folders():
            holding[folders] = len(files)
        found = layout.of(folders for folders, files in holding.items() if files)
        named = {found.label(folders) for folders, files in holding.items() if files}
        return found, sorted(label for label in named if label), sum(holding.values())

    @property
    def labels(self) -> list[str]:
        """The names of the class folders."""
        return self._labels

    @property
    def count(self) -> int:
        """How many files there are."""
        return self._count

    def __iter__(self) -> Iterator[SourceImage]:
        """Go through the files, folder by folder."""
        for folders, files in self._folders():
            for name in files:
                yield self._image(folders, name)

    def _folders(self) -> Iterator[tuple[Folders, list[str]]]:
        """Yield every folder that is not hidden with the files in it, in the order of names."""
        for path, below, files in os.walk(self._root):
            below[:] = sorted(name for name in below if not layout.is_hidden([name]))
            parts = Path(path).relative_to(self._root).parts
            yield parts, sorted(name for name in files if not layout.is_hidden([name]))

    def _image(self, folders: Folders, name: str) -> SourceImage:
        path = self._root.joinpath(*folders, name)
        shown = "/".join((*folders, name)).encode("utf-8", "replace").decode()
        if path.is_symlink() and not _stays_within(path, self._root):
            return refused(shown, Verdict.LINK, "It leads out of the folder; copy the file there.")
        return SourceImage(
            shown,
            partial(_read, path, self._limit),
            self._layout.label(folders),
            self._layout.split(folders),
        )


def _stays_within(path: Path, root: Path) -> bool:
    try:
        return path.resolve().is_relative_to(root)
    except (OSError, RuntimeError):  # a link in circles
        return False


def _read(path: Path, limit: int) -> bytes:
    """Read at most one byte more than an image may have."""
    if not path.is_file():
        raise Refused(Verdict.UNREADABLE, "It is no regular file.")
    try:
        with path.open("rb") as file:
            return file.read(limit + 1)
    except OSError as error:
        raise Refused(Verdict.UNREADABLE, f"The system says: {error.strerror}.") from None
