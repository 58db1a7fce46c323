"""Far: synthesized images far from the boundary, which people should find easy to name.

They teach the learner little. Once people have named them they say how well others answer, and
they are a rest between hard ones. Knows nothing of annotators or storage.
"""

from __future__ import annotations

import numpy as np

from models.interfaces import Generator, QueryBatch, Situation, Vectors, margins
from models.parts.synthesis_strategies import FarOptions
from models.strategies.pool_batches import require_learner
from models.strategies.starts import encoded
from models.strategies.synthesis import random_latents, require_generator, synthesized_batch
from models.strategies.walk import Parts


class Far:
    """Draws latents and keeps those of which the learner is surest; implements `Strategy`."""

    def __init__(self, options: FarOptions) -> None:
        self._options = options

    def pose(self, situation: Situation, count: int, *, seed: int) -> QueryBatch:
        """Pose the surest image of each class in turn; the utility is the margin."""
        generator = require_generator(situation)
        learner, rng = require_learner(situation), np.random.default_rng(seed)
        draws = max(self._options.draws, 2 * count)
        latents = _drawn(situation, generator, draws, self._options.radius, rng)
        decisions = Parts(generator, situation.features, learner).decisions(latents)
        sure, classes = margins(decisions), decisions.argmax(axis=1)
        surest = np.argsort(-sure, kind="stable")
        turns = np.empty(len(latents), dtype=np.int64)
        for each in np.unique(classes):
            own = surest[classes[surest] == each]
            turns[own] = np.arange(len(own))
        order = np.lexsort((-sure, turns))
        facts = {"draws": len(latents)}
        return synthesized_batch(situation, latents[order], sure[order], count=count, facts=facts)


def build(options: FarOptions) -> Far:
    """Build the strategy."""
    return Far(options)


def _drawn(
    situation: Situation,
    generator: Generator,
    count: int,
    radius: float,
    rng: np.random.Generator,
) -> Vectors:
    """Draw latents (n, z): a step away from pool images that were never asked, where the generator
    encodes.
    """
    if not generator.encodes or len(situation.candidates) == 0:
        return random_latents(generator, count, rng)
    rows = rng.permutation(situation.candidates)[:count]
    latents = encoded(generator, situation.pool_images[rows])
    step = rng.standard_normal(latents.shape, dtype=np.float32)
    stepped: Vectors = latents + step * (radius / np.linalg.norm(step, axis=1, keepdims=True))
    return stepped
