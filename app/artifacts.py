"""The artifact store: images, arrays and checkpoints by name, on a local disk or in a bucket.

Writes are whole or not at all. Knows nothing of what the bytes mean.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import tempfile
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

import fsspec
import numpy as np
from fsspec.spec import AbstractFileSystem
from numpy.typing import NDArray

from app.config import config
from app.errors import ArtifactMissing, NotFound, StoreFull

_HASH = re.compile(r"[0-9a-f]{64}")
_FULL = (errno.ENOSPC, errno.EDQUOT)


@lru_cache
def _store() -> tuple[AbstractFileSystem, str]:
    filesystem, root = fsspec.core.url_to_fs(config().artifacts)
    return filesystem, root.rstrip("/")


def forget() -> None:
    """Read the configuration again at the next use."""
    _store.cache_clear()


@contextmanager
def full_is_said() -> Iterator[None]:
    """Turn the system's error about a full disk into `StoreFull`."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StoreFull from error
        raise


def write(name: str, content: bytes) -> None:
    """Store bytes under a name; a reader sees the old content or all of the new."""
    write_stream(name, [content])


def write_stream(name: str, chunks: Iterable[bytes]) -> None:
    """Store bytes that come piece by piece; a reader sees the old content or all of the new."""
    target = local_path(name)
    with full_is_said():
        if target is not None:
            _write_local(target, chunks)
            return
        filesystem, root = _store()
        with filesystem.open(f"{root}/{name}", "wb") as file:
            for chunk in chunks:
                file.write(chunk)


def _write_local(target: Path, chunks: Iterable[bytes]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    passing = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        with passing.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        passing.replace(target)
    finally:
        passing.unlink(missing_ok=True)


def read(name: str) -> bytes:
    """Return what is stored under a name, or raise `ArtifactMissing`."""
    filesystem, root = _store()
    try:
        content: bytes = filesystem.cat_file(f"{root}/{name}")
    except FileNotFoundError:
        raise _missing(name) from None
    return content


def read_many(names: Collection[str]) -> dict[str, bytes | ArtifactMissing]:
    """Return what is stored under names, all at once where the store allows it, or what is wrong
    with each.
    """
    filesystem, root = _store()
    if "file" in filesystem.protocol:
        return {name: _read_local(name) for name in names}
    paths = {name: f"{root}/{name}" for name in names}
    found = filesystem.cat(sorted(set(paths.values())), on_error="return") if paths else {}
    read = {str(path): content for path, content in found.items()}
    return {name: _content(name, read.get(path)) for name, path in paths.items()}


def _read_local(name: str) -> bytes | ArtifactMissing:
    """Read one of many files: fsspec's part in it costs more than the file."""
    try:
        with open(f"{_store()[1]}/{name}", "rb") as file:  # noqa: PTH123 - a `Path` costs as much
            return file.read()
    except FileNotFoundError:
        return _missing(name)


def _content(name: str, found: bytes | Exception | None) -> bytes | ArtifactMissing:
    if found is None or isinstance(found, FileNotFoundError):
        return _missing(name)
    if isinstance(found, Exception):
        raise found
    return found


def _missing(name: str) -> ArtifactMissing:
    return ArtifactMissing(
        f"The stored file {name} is gone; restore it from a backup, or import again."
    )


def exists(name: str) -> bool:
    """Whether something is stored under a name."""
    filesystem, root = _store()
    return bool(filesystem.exists(f"{root}/{name}"))


def delete(name: str) -> None:
    """Remove what is stored under a name; nothing happens when there is nothing."""
    filesystem, root = _store()
    with suppress(FileNotFoundError):
        filesystem.rm(f"{root}/{name}", recursive=True)


def children(name: str) -> list[str]:
    """List the names directly below a name; empty when there is nothing."""
    filesystem, root = _store()
    if not filesystem.exists(f"{root}/{name}"):
        return []
    paths = filesystem.ls(f"{root}/{name}", detail=False)
    return sorted(f"{name}/{path.rstrip('/').rsplit('/', 1)[-1]}" for path in paths)


def local_path(name: str) -> Path | None:
    """Return where an artifact lies on this machine's disk, or None if it lies elsewhere."""
    filesystem, root = _store()
    return Path(f"{root}/{name}") if "file" in filesystem.protocol else None


def passing_folder() -> Path:
    """Return the folder for files that live no longer than the work that needs them."""
    folder = config().data / "passing"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def as_file(name: str) -> Iterator[Path]:
    """Lend an artifact as a file on this machine's disk, fetched there where it lies elsewhere."""
    path = local_path(name)
    if path is not None:
        if not path.exists():
            raise _missing(name)
        yield path
        return
    filesystem, root = _store()
    if not filesystem.exists(f"{root}/{name}"):
        raise _missing(name)
    with tempfile.NamedTemporaryFile(dir=passing_folder()) as file:
        with full_is_said():
            filesystem.get_file(f"{root}/{name}", file.name)
        yield Path(file.name)


def write_array(name: str, array: NDArray[np.generic]) -> None:
    """Store an array as `.npy`."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    write(name, buffer.getvalue())


def read_array(name: str) -> NDArray[np.generic]:
    """Return an array that `write_array` stored; mapped, not loaded, where the disk is local."""
    path = local_path(name)
    if path is not None and path.exists():
        mapped: NDArray[np.generic] = np.load(path, mmap_mode="r", allow_pickle=False)
        return mapped
    loaded: NDArray[np.generic] = np.load(io.BytesIO(read(name)), allow_pickle=False)
    return loaded


def image_name(sha256: str) -> str:
    """Name the artifact of an image by its hash."""
    if not _HASH.fullmatch(sha256):
        raise NotFound("An image is named by 64 hexadecimal digits.")
    return f"images/{sha256[:2]}/{sha256}.png"


def write_image(png: bytes) -> str:
    """Store an image's PNG and return its hash; the same bytes are stored once."""
    sha256 = hashlib.sha256(png).hexdigest()
    if not exists(image_name(sha256)):
        write(image_name(sha256), png)
    return sha256


def write_images(pngs: Sequence[bytes]) -> list[str]:
    """Store many PNGs and return their hashes; call `sync` before anything refers to them."""
    hashes = [hashlib.sha256(png).hexdigest() for png in pngs]
    filesystem, root = _store()
    with full_is_said():
        if "file" in filesystem.protocol:
            for sha256, png in zip(hashes, pngs, strict=True):
                _write_image_unsynced(Path(f"{root}/{image_name(sha256)}"), png)
        elif hashes:
            paths = [f"{root}/{image_name(sha256)}" for sha256 in hashes]
            filesystem.pipe(dict(zip(paths, pngs, strict=True)))
    return hashes


def _write_image_unsynced(target: Path, png: bytes) -> None:
    """Write one file without waiting for the disk. A power cut can leave a file of another
    length under the right name, so the length decides whether it is there already.
    """
    if target.exists() and target.stat().st_size == len(png):
        return
    target.parent.mkdir(exist_ok=True, parents=True)
    passing = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        passing.write_bytes(png)
        passing.replace(target)
    except BaseException:
        passing.unlink(missing_ok=True)
        raise


def sync() -> None:
    """Wait until all that `write_images` stored is on the disk: once for thousands of files."""
    filesystem, _ = _store()
    if "file" in filesystem.protocol:
        os.sync()
