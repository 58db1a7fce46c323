"""`.npz` and `.npy` files as sources: which array of a file means what."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from app.interchange.errors import ImportRefused
from app.interchange.readers.arrays import ArraySource, Part
from app.interchange.readers.files import map_npy, unpacked
from app.interchange.readers.source import Split

#: Names of images and labels, and what they are for.
_PAIRS = (
    ("x_train", "y_train", Split.TRAIN),
    ("x_test", "y_test", Split.TEST),
    ("images", "labels", Split.TRAIN),
    ("x", "y", Split.TRAIN),
)
_KNOWN = {name for images, labels, _ in _PAIRS for name in (images, labels)}


def npz_source(path: Path, *, limit: int, stack: ExitStack) -> ArraySource:
    """Read the arrays of a `.npz` file whose names are known; the others are left alone."""
    try:
        archive = stack.enter_context(zipfile.ZipFile(path))
        names = {name.removesuffix(".npy") for name in archive.namelist()}
        arrays = {
            name: _array(archive, name, limit=limit, stack=stack) for name in sorted(_KNOWN & names)
        }
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, struct.error):
        raise ImportRefused(f"{path.name} is no .npz file, or a damaged one.") from None
    return ArraySource(_parts(arrays, names))


def _array(archive: zipfile.ZipFile, name: str, *, limit: int, stack: ExitStack) -> NDArray[Any]:
    with archive.open(f"{name}.npy") as packed:
        return map_npy(unpacked(packed, name, limit=limit, stack=stack), name)


def _parts(arrays: Mapping[str, NDArray[Any]], names: set[str]) -> list[Part]:
    parts = [
        Part(images, arrays[images], arrays.get(labels), split)
        for images, labels, split in _PAIRS
        if images in arrays
    ]
    if not parts:
        found = ", ".join(sorted(names)[:10]) or "none"
        raise ImportRefused(
            f"The file has no array called x_train, images or x (it has: {found}); save it with"
            " numpy.savez(file, images=…, labels=…)."
        )
    return parts


def npy_source(path: Path, labels: Path | None, *, stack: ExitStack) -> ArraySource:
    """Read a `.npy` file of images, and one of labels if there is one."""
    images = map_npy(stack.enter_context(path.open("rb")), path.name)
    values = None
    if labels is not None:
        values = map_npy(stack.enter_context(labels.open("rb")), labels.name)
    return ArraySource([Part("images", images, values)])
