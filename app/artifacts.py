"""The artifact store: images, arrays and checkpoints by name, on a local disk or in a bucket.

Writes are whole or not at all. Knows nothing of what the bytes mean.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import uuid
from functools import lru_cache
from pathlib import Path

import fsspec
import numpy as np
from fsspec.spec import AbstractFileSystem
from numpy.typing import NDArray

from app.config import config
from app.errors import ArtifactMissing, NotFound, StoreFull

_FULL = (errno.ENOSPC, errno.EDQUOT)


@lru_cache
def _store() -> tuple[AbstractFileSystem, str]:
    filesystem, root = fsspec.core.url_to_fs(config().artifacts)
    return filesystem, root.rstrip("/")


def forget() -> None:
    """Read the configuration again at the next use."""
    _store.cache_clear()


def write(name: str, content: bytes) -> None:
    """Store bytes under a name; a reader sees the old content or all of the new."""
    filesystem, root = _store()
    target = f"{root}/{name}"
    try:
        if filesystem.protocol == "file" or "file" in filesystem.protocol:
            _write_local(Path(target), content)
        else:
            filesystem.pipe_file(target, content)
    except OSError as error:
        if error.errno in _FULL:
            raise StoreFull from error
        raise


def _write_local(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    passing = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        with passing.open("wb") as file:
            file.write(content)
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
        raise ArtifactMissing(
            f"The stored file {name} is gone; restore it from a backup, or import again."
        ) from None
    return content


def exists(name: str) -> bool:
    """Whether something is stored under a name."""
    filesystem, root = _store()
    return bool(filesystem.exists(f"{root}/{name}"))


def delete(name: str) -> None:
    """Remove what is stored under a name; nothing happens when there is nothing."""
    filesystem, root = _store()
    if filesystem.exists(f"{root}/{name}"):
        filesystem.rm(f"{root}/{name}", recursive=True)


def local_path(name: str) -> Path | None:
    """Return where an artifact lies on this machine's disk, or None if it lies elsewhere."""
    filesystem, root = _store()
    return Path(f"{root}/{name}") if "file" in filesystem.protocol else None


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
    if len(sha256) != 64 or not all(c in "0123456789abcdef" for c in sha256):
        raise NotFound("An image is named by 64 hexadecimal digits.")
    return f"images/{sha256[:2]}/{sha256}.png"


def write_image(png: bytes) -> str:
    """Store an image's PNG and return its hash; the same bytes are stored once."""
    sha256 = hashlib.sha256(png).hexdigest()
    if not exists(image_name(sha256)):
        write(image_name(sha256), png)
    return sha256
