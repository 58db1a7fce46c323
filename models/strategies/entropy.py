"""Entropy (Settles and Craven 2008): real images whose class is most open among all classes."""

from __future__ import annotations

from models.interfaces import QueryBatch, Situation
from models.parts.pool_strategies import EntropyOptions
from models.strategies.pool_batches import best_batch, require_learner
from models.strategies.pool_rows import over_rows
from models.strategies.uncertainty import entropies


class Entropy:
    """Ranks the pool by entropy; implements `Strategy`."""

    def pose(self, situation: Situation, count: int, *, seed: int) -> QueryBatch:
        """Pose the largest entropies; the utility is the entropy in nats.

        The seed changes nothing.
        """
        del seed
        learner, rows = require_learner(situation), situation.candidates
        spread = over_rows(
            situation.pool_vectors, rows, lambda vectors: entropies(learner.chances(vectors))
        )
        return best_batch(situation, rows, spread, count=count)


def build(options: EntropyOptions) -> Entropy:
    """Build the strategy."""
    del options
    return Entropy()
