"""Simple GAN: synthesized images from random latents, the paper's control for its own method."""

from __future__ import annotations

import numpy as np

from models.interfaces import QueryBatch, Situation
from models.parts.synthesis_strategies import SimpleGanOptions
from models.strategies.synthesis import random_latents, require_generator, synthesized_batch


class SimpleGan:
    """Draws latents and looks no further; implements `Strategy`."""

    def pose(self, situation: Situation, count: int, *, seed: int) -> QueryBatch:
        """Pose images of random latents; the utility is zero throughout."""
        generator = require_generator(situation)
        # Twice as many as wanted, to fill in for images that come out equal.
        latents = random_latents(generator, 2 * count, np.random.default_rng(seed))
        utilities = np.zeros(len(latents), dtype=np.float32)
        return synthesized_batch(situation, latents, utilities, count=count, facts={})


def build(options: SimpleGanOptions) -> SimpleGan:
    """Build the strategy."""
    del options
    return SimpleGan()
