"""K-means medoids: the member nearest to the middle of each cluster (Xu et al. 2003)."""

from __future__ import annotations

import warnings

import numpy as np
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning

from models.interfaces import Indices, Vectors
from models.neighbors import distances


def medoids(vectors: Vectors, count: int, *, seed: int) -> tuple[Indices, Vectors]:
    """Pick at most `count` rows of vectors (n, d), each the nearest to its cluster's center.

    Returns the rows (m,), no row twice, largest cluster first, and their distances (m,) to the
    centers.
    """
    count = min(count, len(vectors))
    if count == 0:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
    clusters = KMeans(count, n_init=1, random_state=seed)
    with warnings.catch_warnings():
        # Fewer distinct vectors than clusters is fine: the empty ones find the next nearest row.
        warnings.simplefilter("ignore", ConvergenceWarning)
        members = clusters.fit_predict(vectors)
    sizes = np.bincount(members, minlength=count)
    apart = distances(clusters.cluster_centers_.astype(np.float32), vectors)  # (count, n)
    return _nearest_free(apart[np.argsort(-sizes, kind="stable")])


def _nearest_free(apart: Vectors) -> tuple[Indices, Vectors]:
    rows: list[int] = []
    lengths: list[float] = []
    for to_center in apart:
        free = to_center.copy()
        free[rows] = np.inf
        rows.append(int(free.argmin()))
        lengths.append(float(free[rows[-1]]))
    return np.array(rows, dtype=np.int64), np.array(lengths, dtype=np.float32)
