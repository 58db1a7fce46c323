"""Medoids of the pool: the most typical image of each cluster, a cold start that needs no label."""

from __future__ import annotations

import numpy as np

from models.interfaces import QueryBatch, Situation
from models.parts.pool_strategies import MedoidsOptions
from models.strategies.clustering import medoids
from models.strategies.pool_batches import chosen_first


class PoolMedoids:
    """Clusters the pool into as many parts as queries are wanted; implements `Strategy`."""

    def __init__(self, options: MedoidsOptions) -> None:
        self._options = options

    def pose(self, situation: Situation, count: int, *, seed: int) -> QueryBatch:
        """Pose medoids; the utility is minus the distance to the cluster's center."""
        drawn = np.random.default_rng(seed).permutation(situation.candidates)
        drawn = drawn[: max(self._options.sample, count)]
        chosen, apart = medoids(situation.pool_vectors[drawn], count, seed=seed)
        return chosen_first(situation, drawn, chosen, -apart, count=count)


def build(options: MedoidsOptions) -> PoolMedoids:
    """Build the strategy."""
    return PoolMedoids(options)
