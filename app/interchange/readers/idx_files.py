"""IDX files as a source: images, the labels beside them, and the test files beside both."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from app.interchange.errors import ImportRefused
from app.interchange.readers.arrays import ArraySource, Part
from app.interchange.readers.files import map_idx
from app.interchange.readers.source import Split


def idx_source(path: Path, labels: Path | None, *, limit: int, stack: ExitStack) -> ArraySource:
    """Read images with their labels; `t10k-…` beside `train-…` is the test split."""
    parts = [_part(path, labels or _labels_beside(path), Split.TRAIN, limit, stack)]
    test = _beside(path, path.name.replace("train-", "t10k-", 1))
    if test is not None:
        parts.append(_part(test, _labels_beside(test), Split.TEST, limit, stack))
    return ArraySource(parts)


def _part(path: Path, labels: Path | None, split: Split, limit: int, stack: ExitStack) -> Part:
    images = map_idx(path, limit=limit, stack=stack)
    if images.ndim < 3:
        raise ImportRefused(
            f"{path.name} holds labels, not images; name the images' file (…-images-idx3-ubyte)."
        )
    values = None if labels is None else map_idx(labels, limit=limit, stack=stack)
    return Part(path.name.split(".")[0], images, values, split)


def _labels_beside(path: Path) -> Path | None:
    """Find `train-labels-idx1-ubyte` for `train-images-idx3-ubyte`, packed or not."""
    return _beside(path, path.name.replace("images", "labels").replace("idx3", "idx1"))


def _beside(path: Path, name: str) -> Path | None:
    """Find another file in the same folder, packed or not."""
    plain = name.removesuffix(".gz")
    candidates = (path.with_name(each) for each in (plain, f"{plain}.gz"))
    if plain == path.name.removesuffix(".gz"):
        return None
    return next((each for each in candidates if each.is_file()), None)
