"""Margin (SVMactive, Tong and Koller 2001): real images nearest to the decision boundary."""

from __future__ import annotations

from models.interfaces import QueryBatch, Situation
from models.parts.pool_strategies import MarginOptions
from models.strategies.pool_batches import best_batch, margins_of_rows, require_learner


class Margin:
    """Ranks the pool by margin; implements `Strategy`."""

    def pose(self, situation: Situation, count: int, *, seed: int) -> QueryBatch:
        """Pose the smallest margins; the utility is minus the margin. The seed changes nothing."""
        del seed
        require_learner(situation)
        rows = situation.candidates
        return best_batch(situation, rows, -margins_of_rows(situation, rows), count=count)


def build(options: MarginOptions) -> Margin:
    """Build the strategy."""
    del options
    return Margin()
