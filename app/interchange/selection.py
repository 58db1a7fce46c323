"""Which images of an import go to the pool, which become holdout or gold, which are left out.

Holdout and pool never share a picture: not within an import, and not across imports. Where a
picture comes twice in one import, the place in the source's own test split wins, because the
holdout is small; otherwise the first wins. Across imports, what is there already stays.

Pure functions on arrays. Knows nothing of files or tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.interchange.verdicts import Verdict
from app.words import Origin

#: `int64`, rows of an import in the order in which they were read.
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Gathered:
    """What an import has read, one entry per image."""

    #: `S32`-like void, the hash of the picture.
    digests: NDArray[np.void]
    #: `int32`, the class among those imported; -1 without one.
    labels: NDArray[np.int32]
    #: Whether the source sets the image apart for testing.
    tests: NDArray[np.bool_]


@dataclass(frozen=True)
class HoldoutWish:
    """How many labeled images become the holdout."""

    share: float = 0.0
    count: int = 0
    test_split: bool = True
    seed: int = 0
    #: Share of the labeled images beside the holdout that becomes gold.
    gold: float = 0.0


@dataclass(frozen=True)
class Selection:
    """Rows for the pool, the holdout and gold, ascending, and the verdicts of the others."""

    pool: Rows
    holdout: Rows
    gold: Rows
    refused: Mapping[int, Verdict]


def select(gathered: Gathered, wish: HoldoutWish, present: Mapping[bytes, Origin]) -> Selection:
    """Share the images out. `present` names the pictures that the project has already."""
    designated = gathered.tests & (gathered.labels >= 0) & wish.test_split
    kept = _first_of_each(gathered.digests, designated)
    refused = dict.fromkeys(_without(len(designated), kept).tolist(), Verdict.DUPLICATE)
    for row in kept.tolist() if present else ():
        origin = present.get(gathered.digests[row].tobytes())
        if origin is not None:
            refused[row] = _clash(origin, holdout=bool(designated[row]))
    free = np.array([row for row in kept.tolist() if row not in refused], np.int64)
    eligible = free[(gathered.labels[free] >= 0) & ~designated[free]]
    drawn = _stratified(eligible, gathered.labels[eligible], wish)
    holdout = np.sort(np.concatenate([free[designated[free]], drawn]))
    rest = np.setdiff1d(free, holdout)
    gold = _gold(rest[gathered.labels[rest] >= 0], gathered.labels, wish)
    return Selection(np.setdiff1d(rest, gold), holdout, gold, refused)


def _gold(rows: Rows, labels: NDArray[np.int32], wish: HoldoutWish) -> Rows:
    """Draw gold from the labeled rows that would go to the pool, each class by its part."""
    drawn = _stratified(rows, labels[rows], HoldoutWish(share=wish.gold, seed=wish.seed))
    return np.sort(drawn)


def _first_of_each(digests: NDArray[np.void], designated: NDArray[np.bool_]) -> Rows:
    """Keep one row per picture: a designated one if there is one, else the first."""
    order = np.argsort(~designated, kind="stable")
    _, first = np.unique(digests[order], return_index=True)
    return np.sort(order[first]).astype(np.int64)


def _without(count: int, rows: Rows) -> Rows:
    return np.setdiff1d(np.arange(count), rows)


def _clash(origin: Origin, *, holdout: bool) -> Verdict:
    """Say why a picture that the project has already is refused."""
    if (origin is Origin.HOLDOUT) is holdout:
        return Verdict.DUPLICATE
    return Verdict.IN_POOL if holdout else Verdict.IN_HOLDOUT


def _stratified(rows: Rows, labels: NDArray[np.int32], wish: HoldoutWish) -> Rows:
    """Draw a share or a number, each class by its part, at random by the seed."""
    classes, sizes = np.unique(labels, return_counts=True)
    if not len(rows) or not (wish.share or wish.count):
        return np.empty(0, np.int64)
    wanted = wish.count or wish.share * len(rows)
    random = np.random.default_rng(wish.seed)
    drawn = [
        random.permutation(rows[labels == label])[:quota]
        for label, quota in zip(classes, quotas(sizes.tolist(), wanted), strict=True)
    ]
    return np.concatenate(drawn)


def quotas(sizes: list[int], wanted: float) -> list[int]:
    """Share a number out by size with largest remainders: at least 1 each, and 1 left over."""
    share = min(1.0, wanted / sum(sizes))
    exact = [size * share for size in sizes]
    filled = [int(part) for part in exact]
    by_remainder = sorted(range(len(sizes)), key=lambda i: exact[i] - filled[i], reverse=True)
    for index in by_remainder[: round(sum(exact)) - sum(filled)]:
        filled[index] += 1
    return [min(max(1, quota), size - 1) for quota, size in zip(filled, sizes, strict=True)]
