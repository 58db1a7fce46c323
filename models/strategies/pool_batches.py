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

#: Pool rows decided at once: a large pool is never copied whole.
CHUNK = 8192


def require_learner(situation: Situation) -> Learner:
    """Return the learner, or raise `PartMissing`."""
    if situation.learner is None:
        raise PartMissing("This strategy needs a learner: label images of two classes first.")
    return situation.learner


def margins_of_rows(situation: Situation, rows: Indices) -> Vectors:
    """Return the margins (n,) of pool rows (n,); NaN without a learner."""
    if situation.learner is None:
        return np.full(len(rows), np.nan, dtype=np.float32)
    found = np.empty(len(rows), dtype=np.float32)
    for start in range(0, len(rows), CHUNK):
        chunk = slice(start, start + CHUNK)
        found[chunk] = margins(situation.learner.decide(situation.pool_vectors[rows[chunk]]))
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
