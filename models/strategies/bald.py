"""BALD (Houlsby et al. 2011, arXiv 1112.5745): real images whose label would tell most about the
learner's weights: the mutual information of class and weights under a Laplace posterior.
"""

from __future__ import annotations

from models.interfaces import QueryBatch, Situation, Vectors
from models.parts.pool_strategies import BaldOptions
from models.strategies.committees import divergences
from models.strategies.laplace import posterior
from models.strategies.pool_batches import best_batch, require_learner
from models.strategies.pool_rows import over_rows


class Bald:
    """Ranks the pool by mutual information; implements `Strategy`."""

    def __init__(self, options: BaldOptions) -> None:
        self._options = options

    def pose(self, situation: Situation, count: int, *, seed: int) -> QueryBatch:
        """Pose the most informative; the utility is the mutual information in nats."""
        require_learner(situation)
        members = posterior(
            situation.labeled_vectors,
            situation.labeled_classes,
            members=self._options.members,
            seed=seed,
        )

        def information(vectors: Vectors) -> Vectors:
            return divergences(members.chances(vectors))

        told = over_rows(situation.pool_vectors, situation.candidates, information)
        return best_batch(situation, situation.candidates, told, count=count)


def build(options: BaldOptions) -> Bald:
    """Build the strategy."""
    return Bald(options)
