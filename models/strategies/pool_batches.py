"""What strategies share that pose real images: margins of the pool, and batches without repeats.

Knows nothing of how rows are ranked.
"""

from __future__ import annotations

import numpy as np

from models.interfaces import (
    Indices,
    Learner,
    PartMissing,
    QueryBatch,
    Situation,
    Vectors,
    margins,
)
from models.strategies.pool_rows import over_rows

#: When equal pictures leave a batch short, this many times as many candidates are looked at.
MORE = 8


def require_learner(situation: Situation) -> Learner:
    """Return the learner, or raise `PartMissing`."""
    if situation.learner is None:
        raise PartMissing("This strategy needs a learner: label images of two classes first.")
    return situation.learner


def decisions_of_rows(situation: Situation, rows: Indices) -> Vectors:
    """Return the decisions (n, k) of pool rows (n,); raises `PartMissing` without a learner."""
    decided: Vectors = over_rows(situation.pool_vectors, rows, require_learner(situation).decide)
    return decided


def margins_of_rows(situation: Situation, rows: Indices) -> Vectors:
    """Return the margins (n,) of pool rows (n,); NaN without a learner."""
    learner = situation.learner
    if learner is None:
        return np.full(len(rows), np.nan, dtype=np.float32)
    found: Vectors = over_rows(
        situation.pool_vectors, rows, lambda vectors: margins(learner.decide(vectors))
    )
    return found


def pool_batch(
    situation: Situation, ranked: Indices, utilities: Vectors, *, count: int
) -> QueryBatch:
    """Pose the first `count` of the ranked pool rows (n,), skipping images with equal pixels."""
    seen: set[bytes] = set()
    places: list[int] = []
    for place, row in enumerate(ranked):
        if len(places) == count:
            break
        pixels = situation.pool_images[row].tobytes()
        if pixels not in seen:
            seen.add(pixels)
            places.append(place)
    rows = ranked[places].astype(np.int64)
    return QueryBatch(
        rows=rows,
        images=situation.pool_images[rows],
        utilities=utilities[places].astype(np.float32),
        margins=margins_of_rows(situation, rows),
    )


def best_batch(
    situation: Situation, rows: Indices, utilities: Vectors, *, count: int
) -> QueryBatch:
    """Pose the `count` pool rows (n,) of the largest utilities (n,), the first ones of equals."""
    wanted = count
    while True:
        order = best_first(utilities, wanted)
        batch = pool_batch(situation, rows[order], utilities[order], count=count)
        if len(batch) == count or len(order) == len(rows):
            return batch
        wanted *= MORE


def best_first(utilities: Vectors, count: int) -> Indices:
    """Return where the `count` largest utilities (n,) are, and any equal to the last of them.

    That is the beginning of a stable sort, for much less than the price of one.
    """
    if not 0 < count < len(utilities):
        return np.argsort(-utilities, kind="stable")[:count]
    least = -np.partition(-utilities, count - 1)[count - 1]
    places = np.flatnonzero(utilities >= least)
    best: Indices = places[np.argsort(-utilities[places], kind="stable")]
    return best


def chosen_first(
    situation: Situation, rows: Indices, chosen: Indices, utilities: Vectors, *, count: int
) -> QueryBatch:
    """Pose the chosen ones of pool rows (n,), at places (m,) with utilities (m,).

    The rest stands behind them, to fill in where two of them have equal pixels.
    """
    left = np.ones(len(rows), dtype=bool)
    left[chosen] = False
    rest = rows[left]
    ranked = np.concatenate([rows[chosen], rest])
    unsought = np.full(len(rest), -np.inf, dtype=np.float32)
    return pool_batch(situation, ranked, np.concatenate([utilities, unsought]), count=count)
