"""A zip archive of image files, read entry by entry; nothing is ever unpacked to a path.

Knows nothing of how a file is decoded.
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Self

from app.interchange.errors import ImportRefused
from app.interchange.readers import layout
from app.interchange.readers.source import SourceImage, refused
from app.interchange.verdicts import Refused, Verdict

#: Bytes of an archive's list of entries; it is held in memory, about ten times as large.
_DIRECTORY_LIMIT = 32 * 1024**2
_END = b"PK\x05\x06"
#: The longest end of an archive: 22 bytes and a comment.
_LONGEST_END = 22 + 65535


class ZipSource:
    """The image files of an archive, in its own order."""

    def __init__(self, path: Path, *, limit_bytes: int, unpacked_limit: int) -> None:
        _require_modest(path)
        try:
            self._archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, struct.error):
            raise _damaged() from None
        self._limit, self._unpacked_limit = limit_bytes, unpacked_limit
        self._left = unpacked_limit
        self._entries = [entry for entry in self._archive.infolist() if _is_meant(entry)]
        folders = {_folders(entry) for entry in self._entries if not _fault(entry)}
        self._layout = layout.of(folders)
        named = {self._layout.label(each) for each in folders}
        self._labels = sorted(label for label in named if label)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    @property
    def labels(self) -> list[str]:
        """The names of the class folders."""
        return self._labels

    @property
    def count(self) -> int:
        """How many files there are."""
        return len(self._entries)

    def __iter__(self) -> Iterator[SourceImage]:
        """Go through the entries; each round through may unpack as much as the server takes."""
        self._left = self._unpacked_limit
        for entry in self._entries:
            shown = entry.filename.encode("utf-8", "replace").decode()
            if fault := _fault(entry):
                yield refused(shown, *fault)
                continue
            folders = _folders(entry)
            yield SourceImage(
                shown,
                partial(self._read, entry),
                self._layout.label(folders),
                self._layout.split(folders),
            )

    def _read(self, entry: zipfile.ZipInfo) -> bytes:
        """Unpack one entry, whatever size it claims to have, within what is left."""
        if self._left <= 0:
            raise Refused(Verdict.OVER_LIMIT, "The archive unpacks to more than the server takes.")
        most = min(self._limit + 1, self._left)
        try:
            with self._archive.open(entry) as file:
                content = file.read(most)
        except (zipfile.BadZipFile, EOFError, zlib.error, OSError, ValueError, struct.error):
            raise Refused(Verdict.TRUNCATED, "Its part of the archive is damaged.") from None
        except (RuntimeError, NotImplementedError):
            raise Refused(Verdict.UNREADABLE, "It is packed in a way we do not read.") from None
        self._left -= len(content)
        if self._left <= 0:
            raise Refused(Verdict.OVER_LIMIT, "The archive unpacks to more than the server takes.")
        return content


def _damaged() -> ImportRefused:
    return ImportRefused("This is no zip archive, or a damaged one; pack it again.")


def _require_modest(path: Path) -> None:
    """Refuse a list of entries that would fill the memory before it is read."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _LONGEST_END))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        raise _damaged()
    (listed,) = struct.unpack_from("<I", tail, at + 12)
    if listed > min(_DIRECTORY_LIMIT, size):
        raise ImportRefused(
            "The archive lists too many files; pack them into several, or import the folder."
        )


def _is_meant(entry: zipfile.ZipInfo) -> bool:
    """Whether an entry is a file that somebody put there on purpose."""
    parts = _parts(entry)
    return not entry.is_dir() and not layout.is_hidden(set(parts) - {".", ".."})


def _parts(entry: zipfile.ZipInfo) -> list[str]:
    return entry.filename.replace("\\", "/").split("/")


def _folders(entry: zipfile.ZipInfo) -> layout.Folders:
    return tuple(part for part in _parts(entry)[:-1] if part != ".")


def _fault(entry: zipfile.ZipInfo) -> tuple[Verdict, str] | None:
    """Return why an entry is refused by what the archive says of it."""
    parts = _parts(entry)
    if ".." in parts or "" in parts or ":" in parts[0] or "\0" in entry.orig_filename:
        return Verdict.UNSAFE_PATH, "Its name points outside of the archive."
    if stat.S_ISLNK(entry.external_attr >> 16):
        return Verdict.LINK, "Archives must hold the files themselves."
    if entry.flag_bits & 0x1:
        return Verdict.ENCRYPTED, "Pack it without a password."
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return Verdict.UNREADABLE, "It is packed in a way we do not read; use the usual deflate."
    return None
