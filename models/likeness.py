"""How alike two sets of vectors are: Fréchet distance, precision and recall, nearest neighbors.

Knows nothing of images or of how the vectors came about.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from models.interfaces import Indices, PoolTooSmall, Vectors

Lengths = NDArray[np.float64]

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
    reach = _to_neighbor(by, np.arange(len(by)), NEIGHBORS)
    inside = [(apart <= reach).any(axis=1) for apart in _apart(vectors, by)]
    return float(np.concatenate(inside).mean())


def to_nearest(vectors: Vectors, others: Vectors) -> Lengths:
    """Return the distance (n,) of vectors (n, d) to the nearest of others (m, d)."""
    return np.concatenate([apart.min(axis=1) for apart in _apart(vectors, others)])


def to_nearest_other(vectors: Vectors, rows: Indices) -> Lengths:
    """Return the distance (r,) of some rows (r,) of vectors (n, d) to the nearest other row."""
    return _to_neighbor(vectors, rows, 1)


def _to_neighbor(vectors: Vectors, rows: Indices, which: int) -> Lengths:
    parts = []
    for start, apart in zip(
        range(0, len(rows), CHUNK), _apart(vectors[rows], vectors), strict=True
    ):
        # Itself comes first, whatever rounding says.
        apart[np.arange(len(apart)), rows[start : start + CHUNK]] = -1.0
        parts.append(np.partition(apart, which, axis=1)[:, which])
    return np.concatenate(parts)


def _apart(left: Vectors, right: Vectors) -> Iterator[Lengths]:
    """Yield distances (512, m) for one part of left (n, d) after another.

    In double precision, because squares cancel between near vectors.
    """
    others = right.astype(np.float64)
    lengths = (others**2).sum(axis=1)
    for start in range(0, len(left), CHUNK):
        some = left[start : start + CHUNK].astype(np.float64)
        squares = (some**2).sum(axis=1)[:, None] + lengths - 2 * some @ others.T
        yield np.sqrt(np.maximum(squares, 0))


def _spread(vectors: Vectors) -> Lengths:
    """Return R (min(n, d), d) such that R'R is the covariance of vectors (n, d)."""
    if len(vectors) < 2:
        raise PoolTooSmall("At least two images a side are needed to compare distributions.")
    centered = vectors.astype(np.float64)
    centered -= centered.mean(axis=0)
    # Only R is computed; what the annotation of this mode says is not what it returns.
    return np.asarray(np.linalg.qr(centered / np.sqrt(len(vectors) - 1), mode="r"))
