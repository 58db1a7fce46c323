"""Least confidence (Lewis and Gale 1994): real images whose likeliest class is least likely."""

from __future__ import annotations

from models.interfaces import QueryBatch, Situation
from models.parts.pool_strategies import LeastConfidenceOptions
from models.strategies.pool_batches import best_batch, require_learner
from models.strategies.pool_rows import over_rows
from models.strategies.uncertainty import doubts


class LeastConfidence:
    """Ranks the pool by the likeliest class; implements `Strategy`."""

    def pose(self, situation: Situation, count: int, *, seed: int) -> QueryBatch:
        """Pose the least certain; the utility is the chance that the likeliest class is wrong.

        The seed changes nothing.
        """
        del seed
        learner, rows = require_learner(situation), situation.candidates
        unsure = over_rows(
            situation.pool_vectors, rows, lambda vectors: doubts(learner.chances(vectors))
        )
        return best_batch(situation, rows, unsure, count=count)


def build(options: LeastConfidenceOptions) -> LeastConfidence:
    """Build the strategy."""
    del options
    return LeastConfidence()
