"""Random choice: real images drawn evenly, the honest slice that keeps estimates unbiased."""

from __future__ import annotations

import numpy as np

from models.interfaces import QueryBatch, Situation
from models.parts.pool_strategies import RandomOptions
from models.strategies.pool_batches import pool_batch


class RandomImages:
    """Draws without replacement; implements `Strategy`."""

    def pose(self, situation: Situation, count: int, *, seed: int) -> QueryBatch:
        """Pose real images drawn at random; the utility is zero throughout."""
        ranked = np.random.default_rng(seed).permutation(situation.candidates)
        return pool_batch(situation, ranked, np.zeros(len(ranked), np.float32), count=count)


def build(options: RandomOptions) -> RandomImages:
    """Build the strategy."""
    del options
    return RandomImages()
