"""What became of each file of an import: a verdict, counted, with the first names of each.

Pure values. Knows nothing of how a file is read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

#: Files named in a report per verdict; the counts go on.
NAMED = 100


class Verdict(StrEnum):
    """What became of one file."""

    OK = "ok"
    #: The same picture is in the project already, or came earlier in this import.
    DUPLICATE = "duplicate"
    #: The same picture measures accuracy, so it must not be learned from.
    IN_HOLDOUT = "in_holdout"
    #: The same picture is in the pool or was asked, so it cannot measure accuracy.
    IN_POOL = "in_pool"
    #: Its label is none of the classes to import.
    CLASS_LEFT_OUT = "class_left_out"
    EMPTY_FILE = "empty_file"
    #: SVG, HTML, text, or anything else that is no picture made of pixels.
    NOT_AN_IMAGE = "not_an_image"
    #: A picture that ends too early.
    TRUNCATED = "truncated"
    #: A picture that cannot be decoded.
    UNREADABLE = "unreadable"
    #: More bytes than one image may have.
    TOO_LARGE = "too_large"
    #: More pixels than one image may have.
    TOO_MANY_PIXELS = "too_many_pixels"
    #: More than one frame: which one is meant is not ours to guess.
    ANIMATED = "animated"
    #: The name in an archive points outside of it.
    UNSAFE_PATH = "unsafe_path"
    #: A symbolic link that leads out of the folder, or any in an archive.
    LINK = "link"
    ENCRYPTED = "encrypted"
    #: The import has enough images, or the archive unpacks to more than the server takes.
    OVER_LIMIT = "over_limit"


class Refused(Exception):
    """One file cannot be taken."""

    def __init__(self, verdict: Verdict, detail: str = "") -> None:
        self.verdict = verdict
        self.detail = detail
        super().__init__(detail or verdict.value)


@dataclass
class Tally:
    """Counts by verdict, and the first files of each that was refused."""

    counts: dict[str, int] = field(default_factory=dict)
    files: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    def add(self, verdict: Verdict, name: str = "", *, detail: str = "") -> None:
        """Count one file; one that is refused for a fault is named, up to `NAMED` per verdict."""
        self.counts[verdict] = self.counts.get(verdict, 0) + 1
        if verdict in (Verdict.OK, Verdict.CLASS_LEFT_OUT):
            return
        named = self.files.setdefault(verdict, [])
        if len(named) < NAMED:
            named.append({"name": name[:300], "detail": detail[:300]})

    def taken(self, count: int) -> None:
        """Count the images that were taken, once they are known."""
        if count:
            self.counts[Verdict.OK] = count

    def clear(self) -> None:
        """Begin again."""
        self.counts.clear()
        self.files.clear()

    @property
    def in_words(self) -> str:
        """Say the counts of what was refused: `3 truncated, 1 empty file`."""
        refused = [(n, v) for v, n in self.counts.items() if v != Verdict.OK]
        return ", ".join(f"{n} {v.replace('_', ' ')}" for n, v in sorted(refused, reverse=True))
