"""How alike two sets of vectors are: Fréchet distance, precision and recall, nearest neighbors.

Knows nothing of images or of how the vectors came about.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.interfaces import PoolTooSmall, Vectors

#: Neighbors that span the manifold around a vector (Kynkäänniemi et al. 2019 take three).
NEIGHBORS = 3
#: Rows compared at once, which bounds the memory.
CHUNK = 512


def frechet(left: Vectors, right: Vectors) -> float:
    """Return the Fréchet distance of normal distributions fitted to (n, d) and (m, d).

    |mean - mean|^2 + tr(A + B - 2 (A B)^(1/2)) (Dowson and Landau 1982; Heusel et al. 2017). Raises
    `PoolTooSmall` below two vectors a side. Fewer vectors than dimensions make it larger than it
    is; compare only distances of equal counts.
    """
    first, second = _spread(left), _spread(right)
    # With A = R'R and B = S'S, the trace of the root is the sum of singular values of R S'.
    shared = np.linalg.svd(first @ second.T, compute_uv=False).sum()
    apart = left.mean(axis=0, dtype=np.float64) - right.mean(axis=0, dtype=np.float64)
    distance = apart @ apart + (first**2).sum() + (second**2).sum() - 2 * shared
    return max(float(distance), 0.0)


def covered(vectors: Vectors, by: Vectors) -> float:
    """Return the share of vectors (n, d) that lie in the manifold of others (m, d).

    The manifold is all that is nearer to one of the others than its third neighbor among them
    (Kynkäänniemi et al. 2019). Real by made is recall, made by real precision. Raises
    `PoolTooSmall` unless there are more others than neighbors.
    """
    if len(by) <= NEIGHBORS:
        raise PoolTooSmall(f"More than {NEIGHBORS} images are needed to span a manifold.")
    reach = _reach(by)
    inside = [
        (_apart(vectors[start : start + CHUNK], by) <= reach).any(axis=1)
        for start in range(0, len(vectors), CHUNK)
    ]
    return float(np.concatenate(inside).mean())


def to_nearest(vectors: Vectors, others: Vectors) -> NDArray[np.float64]:
    """Return the distance (n,) of vectors (n, d) to the nearest of others (m, d)."""
    parts = [
        _apart(vectors[start : start + CHUNK], others).min(axis=1)
        for start in range(0, len(vectors), CHUNK)
    ]
    return np.concatenate(parts)


def to_nearest_other(vectors: Vectors) -> NDArray[np.float64]:
    """Return the distance (n,) of each vector (n, d) to the nearest other one."""
    return _to_neighbor(vectors, 1)


def _reach(vectors: Vectors) -> NDArray[np.float64]:
    return _to_neighbor(vectors, NEIGHBORS)


def _to_neighbor(vectors: Vectors, which: int) -> NDArray[np.float64]:
    parts = []
    for start in range(0, len(vectors), CHUNK):
        apart = _apart(vectors[start : start + CHUNK], vectors)
        rows = np.arange(len(apart))
        apart[rows, start + rows] = -1.0
        parts.append(np.partition(apart, which, axis=1)[:, which])
    return np.concatenate(parts)


def _apart(left: Vectors, right: Vectors) -> NDArray[np.float64]:
    """Return distances (n, m); in double precision, since squares cancel between near vectors."""
    one, other = left.astype(np.float64), right.astype(np.float64)
    squares = (one**2).sum(1)[:, None] + (other**2).sum(1)[None] - 2 * one @ other.T
    apart: NDArray[np.float64] = np.sqrt(np.maximum(squares, 0))
    return apart


def _spread(vectors: Vectors) -> NDArray[np.float64]:
    """Return R (min(n, d), d) such that R'R is the covariance of vectors (n, d)."""
    if len(vectors) < 2:
        raise PoolTooSmall("At least two images a side are needed to compare distributions.")
    centered = vectors.astype(np.float64)
    centered -= centered.mean(axis=0)
    # Only R is computed; what the annotation of this mode says is not what it returns.
    return np.asarray(np.linalg.qr(centered / np.sqrt(len(vectors) - 1), mode="r"))
