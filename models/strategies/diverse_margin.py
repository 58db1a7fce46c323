"""Diversified margin: k-means medoids among the real images nearest to the boundary."""

from __future__ import annotations

import math

import numpy as np

from models.interfaces import QueryBatch, Situation
from models.parts.pool_strategies import DiverseMarginOptions
from models.strategies.clustering import medoids
from models.strategies.pool_batches import margins_of_rows, pool_batch, require_learner


class DiverseMargin:
    """Clusters a few times as many images as are wanted; implements `Strategy`."""

    def __init__(self, options: DiverseMarginOptions) -> None:
        self._options = options

    def pose(self, situation: Situation, count: int, *, seed: int) -> QueryBatch:
        """Pose medoids of the nearest images; the utility is minus the margin."""
        require_learner(situation)
        found = margins_of_rows(situation, situation.candidates)
        ranked = np.argsort(found, kind="stable")
        near = ranked[: math.ceil(self._options.candidates * count)]
        vectors = situation.pool_vectors[situation.candidates[near]]
        chosen, _ = medoids(vectors, count, seed=seed)
        # The rest stands behind the medoids, to fill in where two of them have equal pixels.
        order = ranked[np.concatenate([chosen, np.setdiff1d(np.arange(len(ranked)), chosen)])]
        return pool_batch(situation, situation.candidates[order], -found[order], count=count)


def build(options: DiverseMarginOptions) -> DiverseMargin:
    """Build the strategy."""
    return DiverseMargin(options)
