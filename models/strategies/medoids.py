"""Medoids of the pool: the most typical image of each cluster, a cold start that needs no label."""

from __future__ import annotations

import numpy as np

from models.interfaces import QueryBatch, Situation
from models.parts.pool_strategies import MedoidsOptions
from models.strategies.clustering import medoids
from models.strategies.pool_batches import pool_batch


class PoolMedoids:
    """Clusters the pool into as many parts as queries are wanted; implements `Strategy`."""

    def __init__(self, options: MedoidsOptions) -> None:
        self._options = options

    def pose(self, situation: Situation, count: int, *, seed: int) -> QueryBatch:
        """Pose medoids; the utility is minus the distance to the cluster's center."""
        drawn = np.random.default_rng(seed).permutation(situation.candidates)
        drawn = drawn[: max(self._options.sample, count)]
        chosen, apart = medoids(situation.pool_vectors[drawn], count, seed=seed)
        # The rest stands behind the medoids, to fill in where two of them have equal pixels.
        rest = np.setdiff1d(np.arange(len(drawn)), chosen)
        utilities = np.concatenate([-apart, np.full(len(rest), -np.inf, np.float32)])
        return pool_batch(situation, drawn[np.concatenate([chosen, rest])], utilities, count=count)


def build(options: MedoidsOptions) -> PoolMedoids:
    """Build the strategy."""
    return PoolMedoids(options)
