"""GAAL, the query synthesis of the paper (Zhu and Bento 2017, Algorithm 1): gradient descent with
momentum on the distance from the boundary, from random latents, restarted where it did not arrive.
"""

from __future__ import annotations

import numpy as np
import torch

from models.interfaces import QueryBatch, Situation
from models.parts.synthesis_strategies import GaalOptions
from models.strategies.boundaries import BoundaryOfRows, boundary_of_rows, every_side, shared_out
from models.strategies.pool_batches import require_learner
from models.strategies.search import momentum_descent
from models.strategies.synthesis import random_latents, require_generator, synthesized_batch

#: A search this close to the boundary has arrived.
ARRIVED = 0.1
#: Searches beyond the queries wanted, to fill in for images that come out equal.
SPARE = 2


class Gaal:
    """Descends to the boundary; implements `Strategy`."""

    def __init__(self, options: GaalOptions) -> None:
        self._options = options

    def pose(self, situation: Situation, count: int, *, seed: int) -> QueryBatch:
        """Pose images nearest to the boundary; the utility is minus the distance found."""
        generator, learner = require_generator(situation), require_learner(situation)
        rng = np.random.default_rng(seed)
        starts = [
            torch.from_numpy(random_latents(generator, count + SPARE, rng))
            for _ in range(self._options.restarts + 1)
        ]
        sides = shared_out(every_side(self._options.boundary, learner.classes), len(starts[0]), rng)
        distance = boundary_of_rows(generator, situation.features, learner, sides)
        latents, gaps, rounds = self._descend(starts, distance)
        order = torch.argsort(gaps, stable=True)
        facts = {"starts": len(gaps), "descents": rounds, "arrived": int((gaps < ARRIVED).sum())}
        return synthesized_batch(
            situation, latents[order].numpy(), -gaps[order].numpy(), count=count, facts=facts
        )

    def _descend(
        self, starts: list[torch.Tensor], distance: BoundaryOfRows
    ) -> tuple[torch.Tensor, torch.Tensor, int]:
        """Descend from each set of starts in turn the rows that have not arrived yet."""
        latents, gaps = starts[0], torch.full((len(starts[0]),), torch.inf)
        for number, fresh in enumerate(starts):
            away = gaps >= ARRIVED
            if not away.any():
                return latents, gaps, number
            found, reached = momentum_descent(
                fresh[away],
                distance(away.nonzero()[:, 0].numpy()),
                rate=self._options.rate,
                momentum=self._options.momentum,
                steps=self._options.steps,
            )
            better = reached < gaps[away]
            rows = away.nonzero()[:, 0][better]
            latents, gaps = latents.clone(), gaps.clone()
            latents[rows], gaps[rows] = found[better], reached[better]
        return latents, gaps, len(starts)


def build(options: GaalOptions) -> Gaal:
    """Build the strategy."""
    return Gaal(options)
