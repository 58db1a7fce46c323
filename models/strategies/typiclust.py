"""TypiClust (Hacohen, Dekel and Weinshall 2022, arXiv 2202.02794): the most typical real image of
each cluster that nothing was asked of yet. Made for the first few dozen queries.
"""

from __future__ import annotations

import warnings

import numpy as np
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.neighbors import NearestNeighbors

from models.interfaces import Indices, QueryBatch, Situation, Vectors
from models.parts.pool_strategies import TypiclustOptions
from models.strategies.pool_batches import pool_batch
from models.strategies.pool_rows import draw

#: Neighbors of the same cluster that typicality is averaged over, and the smallest cluster that
#: counts as one; both as published.
NEIGHBORS = 20
SMALLEST = 5
#: Equal vectors are this far apart, so that typicality stays finite.
LEAST_DISTANCE = 1e-6


class TypiClust:
    """Ranks clusters, then images in them; implements `Strategy`."""

    def __init__(self, options: TypiclustOptions) -> None:
        self._options = options

    def pose(self, situation: Situation, count: int, *, seed: int) -> QueryBatch:
        """Pose typical images; the utility is the typicality, one over the mean distance to
        neighbors in the cluster.
        """
        drawn = draw(situation, max(self._options.sample, count), seed=seed)
        vectors, asked = drawn.copied(), situation.asked_vectors
        wanted = min(len(asked) + count, max(self._options.clusters, count))
        members = _clusters(np.concatenate([vectors, asked]), wanted, seed=seed)
        free, taken = members[: len(vectors)], members[len(vectors) :]
        typical = typicalities(vectors, free)
        order = in_turn(free, taken, typical)
        return pool_batch(situation, drawn.rows[order], typical[order], count=count)


def _clusters(vectors: Vectors, count: int, *, seed: int) -> Indices:
    """Assign vectors (n, d) to at most `count` clusters by k-means."""
    count = min(count, len(vectors))
    if count == 0:
        return np.zeros(len(vectors), dtype=np.int64)
    with warnings.catch_warnings():
        # Fewer distinct vectors than clusters is fine: some clusters stay empty.
        warnings.simplefilter("ignore", ConvergenceWarning)
        members = KMeans(count, n_init=1, random_state=seed).fit_predict(vectors)
    return np.asarray(members, dtype=np.int64)


def typicalities(vectors: Vectors, members: Indices) -> Vectors:
    """Return one over the mean distance (n,) of vectors (n, d) to the nearest of their cluster.

    `members` (n,) numbers the clusters; the only one of its cluster has a typicality of zero.
    """
    typical = np.zeros(len(vectors), dtype=np.float32)
    for cluster in np.unique(members):
        rows = np.flatnonzero(members == cluster)
        if len(rows) > 1:
            near = NearestNeighbors(
                n_neighbors=min(NEIGHBORS, len(rows) - 1), algorithm="brute"
            ).fit(vectors[rows])
            apart = near.kneighbors()[0].mean(axis=1)
            typical[rows] = 1 / np.maximum(apart, LEAST_DISTANCE)
    return typical


def in_turn(members: Indices, taken: Indices, typical: Vectors) -> Indices:
    """Order candidates (n,): each time the most typical one of the cluster least asked of.

    `members` (n,) and `taken` (a,) number the clusters of candidates and of what was asked. Of
    clusters equally often asked of the largest comes first, and tiny ones come last.
    """
    clusters = max(members.max(initial=-1), taken.max(initial=-1)) + 1
    sizes = np.bincount(members, minlength=clusters) + np.bincount(taken, minlength=clusters)
    by_cluster = np.lexsort((-typical, members))
    starts = np.searchsorted(members[by_cluster], np.arange(clusters))
    before = np.empty(len(members), dtype=np.int64)
    before[by_cluster] = np.arange(len(members)) - starts[members[by_cluster]]
    asked = np.bincount(taken, minlength=clusters)[members] + before
    order: Indices = np.lexsort((members, -sizes[members], asked, sizes[members] < SMALLEST))
    return order


def build(options: TypiclustOptions) -> TypiClust:
    """Build the strategy."""
    return TypiClust(options)
