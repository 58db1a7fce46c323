"""The images that models are measured on: scikit-learn's digits, and a file if one was given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from app.benchmarks.plan import Plan
from app.errors import BadRequest
from app.interchange.command import read_source
from app.interchange.readers import opened
from models.interfaces import Images, Indices

#: The two classes of the paper, which a file must hold.
PAIR = ("5", "7")


class NoPair(BadRequest):
    """The data must hold gray images of one size that are labeled 5 and 7, as MNIST does."""


@dataclass(frozen=True, eq=False)
class Pool:
    """Images (n, 1, height, width) with their classes (n,), and what people call them."""

    name: str
    images: Images
    classes: Indices

    def labeled(self, count: int, classes: int) -> Indices:
        """Draw so many rows of the first classes, always the same ones."""
        among = np.flatnonzero(self.classes < classes)
        rows: Indices = np.random.default_rng(0).permutation(among)[:count]
        return rows


def pools(plan: Plan) -> Iterator[Pool]:
    """Go through the pools that a plan asks for."""
    yield digits()
    if plan.data:
        yield pair(plan.data)


@lru_cache
def digits() -> Pool:
    """Read scikit-learn's digits: 1,797 of them, 8 by 8 pixels; the pair comes first."""
    images, labels = _read("digits")
    return _pool("Digits", images, labels, [*PAIR, *sorted(set(labels) - set(PAIR))])


@lru_cache
def pair(data: str) -> Pool:
    """Read the images of the pair out of a file."""
    images, labels = _read(data)
    if set(PAIR) - set(labels):
        raise NoPair
    rows = [row for row, label in enumerate(labels) if label in PAIR]
    name = f"{Path(data).stem.upper()} {' and '.join(PAIR)}"
    return _pool(name, images[rows], [labels[row] for row in rows], list(PAIR))


def _pool(name: str, images: Images, labels: list[str], order: list[str]) -> Pool:
    place = {label: index for index, label in enumerate(order)}
    classes = np.array([place[label] for label in labels], dtype=np.int64)
    return Pool(f"{name}, {len(images):,} images", images, classes)


def _read(data: str) -> tuple[Images, list[str]]:
    with opened(read_source(data)) as source:
        found = [
            (each.read(), each.label)
            for each in source
            if each.label is not None and each.split == "train"
        ]
    arrays = [np.asarray(content) for content, _ in found if not isinstance(content, bytes)]
    if len(arrays) != len(found) or len({each.shape for each in arrays}) != 1:
        raise NoPair
    return np.stack(arrays)[:, None], [label for _, label in found if label is not None]
