"""Query by committee (Seung, Opper and Sompolinsky 1992; by bagging: Abe and Mamitsuka 1998): real
images that learners which agree on the labels disagree on.
"""

from __future__ import annotations

import numpy as np

from models.interfaces import QueryBatch, Situation, Vectors
from models.parts.pool_strategies import CommitteeOptions
from models.strategies.committees import bootstrap, divergences, vote_entropies
from models.strategies.pool_batches import best_batch, require_learner
from models.strategies.pool_rows import over_rows

_MEASURES = {"vote_entropy": vote_entropies, "divergence": divergences}


class QueryByCommittee:
    """Ranks the pool by disagreement; implements `Strategy`."""

    def __init__(self, options: CommitteeOptions) -> None:
        self._options = options

    def pose(self, situation: Situation, count: int, *, seed: int) -> QueryBatch:
        """Pose the most disputed, by chance among equals; the utility is in nats."""
        require_learner(situation)
        members = bootstrap(
            situation.labeled_vectors,
            situation.labeled_classes,
            members=self._options.members,
            seed=seed,
        )
        measure = _MEASURES[self._options.disagreement]

        def disagreement(vectors: Vectors) -> Vectors:
            return measure(members.chances(vectors))

        disputed = over_rows(situation.pool_vectors, situation.candidates, disagreement)
        # Votes of few members tie often, and a pool may be sorted.
        mixed = np.random.default_rng(seed).permutation(len(disputed))
        return best_batch(situation, situation.candidates[mixed], disputed[mixed], count=count)


def build(options: CommitteeOptions) -> QueryByCommittee:
    """Build the strategy."""
    return QueryByCommittee(options)
