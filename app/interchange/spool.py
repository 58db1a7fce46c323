"""Where an import keeps what it has read until it knows what to do with it.

Pixels and names lie in files without a name: the system removes them when the process ends,
however it ends. In memory stay 45 bytes per image.
"""

from __future__ import annotations

import io
import tempfile
from array import array
from collections.abc import Iterator
from contextlib import ExitStack
from typing import IO, Self

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from app import artifacts
from app.interchange.selection import Gathered, Rows
from app.interchange.working_size import WorkingSize

_CHUNK = 4096


class Spool:
    """Images in the order in which they were read."""

    def __init__(self, size: WorkingSize) -> None:
        self._size = size
        self._digests = bytearray()
        self._labels = array("i")
        self._tests = bytearray()
        self._offsets = array("q", [0])
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._pixels = self._nameless()
        self._names = self._nameless()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _nameless(self) -> IO[bytes]:
        return self._stack.enter_context(tempfile.TemporaryFile(dir=artifacts.passing_folder()))

    def __len__(self) -> int:
        return len(self._tests)

    def add(
        self, pixels: NDArray[np.uint8], sha256: str, *, name: str, label: int, test: bool
    ) -> None:
        """Keep one image, pixels shaped (c, h, w)."""
        encoded = name.encode("utf-8", "replace")
        with artifacts.full_is_said():
            self._pixels.write(pixels.tobytes())
            self._names.write(encoded)
        self._offsets.append(self._offsets[-1] + len(encoded))
        self._digests += bytes.fromhex(sha256)
        self._labels.append(label)
        self._tests.append(test)

    def gathered(self) -> Gathered:
        """Return what the selection needs to know."""
        return Gathered(
            np.frombuffer(bytes(self._digests), np.dtype("V32")),
            np.array(self._labels, np.int32),
            np.frombuffer(bytes(self._tests), np.bool_),
        )

    def sha256(self, row: int) -> str:
        """Return the hash of one picture."""
        return self._digests[row * 32 : row * 32 + 32].hex()

    def label(self, row: int) -> int:
        """Return the class of one image, -1 without one."""
        return self._labels[row]

    def name(self, row: int) -> str:
        """Return the name of one image."""
        self._names.seek(self._offsets[row])
        return self._names.read(self._offsets[row + 1] - self._offsets[row]).decode()

    def as_npy(self, rows: Rows) -> Iterator[bytes]:
        """Write some images as a `.npy` file, (n, c, h, w), piece by piece."""
        shape = (self._size.channels, self._size.height, self._size.width)
        header = io.BytesIO()
        npy.write_array_header_1_0(
            header, {"descr": "|u1", "fortran_order": False, "shape": (len(rows), *shape)}
        )
        yield header.getvalue()
        with artifacts.full_is_said():
            self._pixels.flush()
        everything = np.memmap(self._pixels, np.uint8, mode="r", shape=(len(self), *shape))
        for begin in range(0, len(rows), _CHUNK):
            yield everything[rows[begin : begin + _CHUNK]].tobytes()
