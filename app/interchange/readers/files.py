"""NumPy and IDX files, mapped from disk instead of loaded; never unpickled.

Packed ones are unpacked into a file without a name, within a limit, so that a killed process
leaves nothing behind and a bomb fills nothing.
"""

from __future__ import annotations

import gzip
import struct
import tempfile
import zlib
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from app import artifacts
from app.interchange.errors import ImportRefused

_CHUNK = 1024**2
_GZIP = b"\x1f\x8b"
_IDX_TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}


def unpacked(
    packed: IO[bytes] | gzip.GzipFile, name: str, *, limit: int, stack: ExitStack
) -> IO[bytes]:
    """Copy a stream into a nameless file of at most `limit` bytes."""
    file = stack.enter_context(tempfile.TemporaryFile(dir=artifacts.passing_folder()))  # noqa: SIM115
    size = 0
    try:
        while chunk := packed.read(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise ImportRefused(
                    f"{name} unpacks to more than the {limit // 1024**2:,} MiB that this server"
                    " takes; split it, or raise CUSP_UPLOAD_LIMIT_BYTES."
                )
            with artifacts.full_is_said():
                file.write(chunk)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise ImportRefused(f"{name} is damaged or ends too early; make it again.") from None
    file.seek(0)
    return file


def map_npy(file: IO[bytes], name: str) -> NDArray[Any]:
    """Map a `.npy` file's array; one that holds Python objects is refused."""
    try:
        version = npy.read_magic(file)
        read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran, dtype = read_header(file)
    except (ValueError, EOFError, struct.error, UnicodeDecodeError, SyntaxError, TypeError):
        raise ImportRefused(f"{name} is no .npy array, or a damaged one.") from None
    if dtype.hasobject:
        raise ImportRefused(
            f"{name} holds Python objects, which could run anything; save it as a plain array of"
            " numbers, for instance with images of one size."
        )
    return _map(file, name, dtype=dtype, shape=shape, order="F" if fortran else "C")


def map_idx(path: Path, *, limit: int, stack: ExitStack) -> NDArray[Any]:
    """Map an IDX file's array, packed with gzip or not."""
    file: IO[bytes] = stack.enter_context(path.open("rb"))
    packed = file.read(2) == _GZIP
    file.seek(0)
    if packed:
        with gzip.open(file) as stream:
            file = unpacked(stream, path.name, limit=limit, stack=stack)
    return _map_idx(file, path.name)


def _map_idx(file: IO[bytes], name: str) -> NDArray[Any]:
    magic = file.read(4)
    known = len(magic) == 4 and magic[:2] == b"\0\0" and magic[2] in _IDX_TYPES and magic[3] > 0
    sizes = file.read(4 * magic[3]) if known else b""
    if not known or len(sizes) < 4 * magic[3]:
        raise ImportRefused(f"{name} is no IDX file (such as train-images-idx3-ubyte).")
    shape = struct.unpack(f">{magic[3]}I", sizes)
    return _map(file, name, dtype=np.dtype(_IDX_TYPES[magic[2]]), shape=shape)


def _map(
    file: IO[bytes], name: str, *, dtype: np.dtype[Any], shape: tuple[int, ...], order: str = "C"
) -> NDArray[Any]:
    """Map what comes after a header, if it is as long as the header says."""
    begin = file.tell()
    there = file.seek(0, 2) - begin
    needed = dtype.itemsize
    for length in shape:
        needed *= length
    if needed > there:
        raise ImportRefused(
            f"{name} ends too early: its header promises {needed:,} bytes and {there:,} are there."
        )
    if needed == 0:
        return np.zeros(shape, dtype)
    return np.memmap(file, dtype, mode="r", offset=begin, shape=shape, order=order)  # type: ignore[call-overload,no-any-return]
