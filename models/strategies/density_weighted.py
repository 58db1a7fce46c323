"""Information density (Settles and Craven 2008): uncertain real images that many others resemble.

The mean similarity to all of the pool takes one pass: the mean of cosines with unit vectors is the
product with their mean.
"""

from __future__ import annotations

import numpy as np

from models.interfaces import QueryBatch, Situation, Vectors
from models.parts.pool_strategies import DensityWeightedOptions
from models.strategies.pool_batches import best_batch, require_learner
from models.strategies.pool_rows import chunks, over_rows
from models.strategies.uncertainty import entropies


class DensityWeighted:
    """Ranks the pool by entropy times density; implements `Strategy`."""

    def __init__(self, options: DensityWeightedOptions) -> None:
        self._options = options

    def pose(self, situation: Situation, count: int, *, seed: int) -> QueryBatch:
        """Pose the densest of the uncertain; the utility is the entropy in nats times the density
        in [0, 1] to the power of `weight`. The seed changes nothing.
        """
        del seed
        learner, rows = require_learner(situation), situation.candidates
        middle = mean_direction(situation.pool_vectors)

        def worth(vectors: Vectors) -> Vectors:
            dense = densities(vectors, middle) ** np.float32(self._options.weight)
            weighted: Vectors = entropies(learner.chances(vectors)) * dense
            return weighted

        worths = over_rows(situation.pool_vectors, rows, worth)
        return best_batch(situation, rows, worths, count=count)


def mean_direction(vectors: Vectors) -> Vectors:
    """Return the mean (d,) of vectors (p, d) of length one each."""
    total = np.zeros(vectors.shape[1])
    for chunk in chunks(vectors):
        total += _unit(chunk).sum(axis=0, dtype=np.float64)
    middle: Vectors = (total / max(len(vectors), 1)).astype(np.float32)
    return middle


def densities(vectors: Vectors, middle: Vectors) -> Vectors:
    """Return the mean similarity (n,) of vectors (n, d) to those whose mean direction is `middle`.

    Similarity is (1 + cosine) / 2, from 0 for opposite to 1 for equal directions.
    """
    dense: Vectors = np.maximum((1 + _unit(vectors) @ middle) / 2, 0)
    return dense


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.sqrt(np.einsum("nd,nd->n", vectors, vectors))
    unit: Vectors = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)[:, None]
    return unit


def build(options: DensityWeightedOptions) -> DensityWeighted:
    """Build the strategy."""
    return DensityWeighted(options)
