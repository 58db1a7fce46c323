"""Distances between vectors, and how close neighbors in the pool typically are.

Knows nothing of images or of what the vectors mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.interfaces import Indices, PoolTooSmall, Vectors

#: Pool rows that stand for the whole pool, which bounds time and memory on large ones.
REFERENCE_ROWS = 2000
#: Reference rows whose nearest neighbor gives the typical distance.
PROBES = 200
#: Neighbors averaged over.
NEIGHBORS = 5
#: Vectors closer than this, relative to their length, may be equal: squares cancel in `distances`.
CANCELLATION = 1e-2
#: Rows compared at once, so that a large pool is never squared whole.
CHUNK = 4096
#: Largest number by which vectors of one image differ, relative to the largest in it.
ROUNDING = 1e-4


def distances(left: Vectors, right: Vectors) -> Vectors:
    """Return Euclidean distances (n, m) between vectors (n, d) and (m, d)."""
    squares = _squares(left)[:, None] + _squares(right)[None] - 2 * left @ right.T
    apart: Vectors = np.sqrt(np.maximum(squares, 0), dtype=np.float32)
    return apart


def nearest(vectors: Vectors, others: Vectors) -> Vectors:
    """Return the distance (n,) of each vector to the nearest of others; infinite if none."""
    closest = np.full(len(vectors), np.inf, dtype=np.float32)
    for start in range(0, len(others), CHUNK):
        apart = distances(vectors, others[start : start + CHUNK])
        np.minimum(closest, apart.min(axis=1), out=closest)
    return closest


def same(vectors: Vectors, vector: Vectors) -> bool:
    """Say whether one of vectors (n, d) is `vector` (d,), but for the rounding of a batch.

    Vectors of one image extracted alone and among others differ by less than `ROUNDING`.
    """
    if len(vectors) == 0:
        return False
    # Distances by way of squares are cheap but cancel; only what they call near is looked at.
    size = max(float(np.abs(vector).max()), float(np.finfo(np.float32).tiny))
    near = distances(vector[None], vectors)[0] <= CANCELLATION * np.linalg.norm(vector)
    return bool((np.abs(vectors[near] - vector).max(axis=1) <= ROUNDING * size).any())


@dataclass(frozen=True)
class Neighborhood:
    """Rows (r, d) that stand for the pool, and the typical distance to the nearest neighbor."""

    reference: Vectors
    typical: float

    def remoteness(self, vectors: Vectors) -> Vectors:
        """Return the mean distance (n,) to the five nearest rows, in typical distances."""
        apart = distances(vectors, self.reference)
        near = np.partition(apart, min(NEIGHBORS, apart.shape[1]) - 1, axis=1)[:, :NEIGHBORS]
        remote: Vectors = (near.mean(axis=1) / self.typical).astype(np.float32)
        return remote


def neighborhood(pool_vectors: Vectors) -> Neighborhood:
    """Take evenly spaced rows of the pool (p, d); raises `PoolTooSmall` below two rows."""
    if len(pool_vectors) < 2:
        raise PoolTooSmall(
            "At least two pool images are needed to tell how far apart images typically are."
        )
    reference = pool_vectors[evenly_spaced(len(pool_vectors), REFERENCE_ROWS)]
    probes = evenly_spaced(len(reference), PROBES)
    apart = distances(reference[probes], reference)
    apart[np.arange(len(probes)), probes] = np.inf
    closest = apart.min(axis=1)
    # Copies of one image say nothing of how far apart different images are.
    different = closest > CANCELLATION * np.linalg.norm(reference[probes], axis=1)
    typical = float(np.median(closest[different])) if different.any() else 1.0
    return Neighborhood(reference, typical)


def evenly_spaced(length: int, count: int) -> Indices:
    """Return at most `count` of the rows 0..length-1, first and last among them."""
    rows: Indices = np.linspace(0, length - 1, min(length, count)).astype(np.int64)
    return rows


def _squares(vectors: Vectors) -> Vectors:
    # Without a squared copy of the whole, which for a pool would be as large as the pool.
    squared: Vectors = np.einsum("nd,nd->n", vectors, vectors)
    return squared
