"""Twins: the real images nearest to a synthesized one, in feature space.

Knows nothing of queries, people or the database; rows are rows of the pool's vectors.
"""

from __future__ import annotations

import numpy as np

from models.interfaces import Indices, Vectors
from models.neighbors import CHUNK, distances

#: Real images kept for each synthesized one.
TWINS = 4


def nearest_rows(vectors: Vectors, pool: Vectors, count: int = TWINS) -> tuple[Indices, Vectors]:
    """Return the `count` nearest pool rows (n, c) of each vector and their distances, nearest
    first; of equally near ones the earlier row. A smaller pool gives all of its rows.
    """
    rows = np.empty((len(vectors), 0), dtype=np.int64)
    apart = np.empty((len(vectors), 0), dtype=np.float32)
    for start in range(0, len(pool), CHUNK):
        chunk = distances(vectors, pool[start : start + CHUNK])
        here = np.broadcast_to(np.arange(start, start + chunk.shape[1]), chunk.shape)
        rows, apart = np.hstack([rows, here]), np.hstack([apart, chunk])
        order = np.argsort(apart, axis=1, kind="stable")[:, :count]
        rows = np.take_along_axis(rows, order, axis=1)
        apart = np.take_along_axis(apart, order, axis=1)
    return rows, apart
