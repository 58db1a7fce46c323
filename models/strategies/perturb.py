"""Perturb: changes labeled images near the boundary a little, in latent space.

Queries stay close to images that people could name (local membership queries: Awasthi, Feldman and
Kanade 2013). Knows nothing of annotators or storage.
"""

from __future__ import annotations

import numpy as np
import torch

from models.interfaces import QueryBatch, Situation, Vectors, margins, to_bytes
from models.parts.synthesis_strategies import PerturbOptions
from models.strategies.labeled_images import labeled_pool_rows, latents_of_rows
from models.strategies.pool_batches import margins_of_rows, require_learner
from models.strategies.synthesis import require_generator, synthesized_batch

#: Draws per query wanted at least, to fill in for images that come out equal.
SPARE = 2


class Perturb:
    """Takes random steps from labeled images; implements `Strategy`."""

    def __init__(self, options: PerturbOptions) -> None:
        self._options = options

    def pose(self, situation: Situation, count: int, *, seed: int) -> QueryBatch:
        """Pose the perturbed images nearest to the boundary; the utility is minus the margin.

        Poses none as long as no real image is labeled.
        """
        learner, generator = require_learner(situation), require_generator(situation)
        rng = np.random.default_rng(seed)
        rows, _ = labeled_pool_rows(situation)
        near = np.argsort(margins_of_rows(situation, rows), kind="stable")[: self._options.anchors]
        latents = self._around(
            latents_of_rows(situation, generator, rows[near], rng),
            max(self._options.draws, SPARE * count),
            rng,
        )
        with torch.inference_mode():
            images = to_bytes(generator.generate(torch.from_numpy(latents)))
        gaps = margins(learner.decide(situation.features.extract(images)))
        order = np.argsort(gaps, kind="stable")
        facts = {"anchors": len(near), "draws": len(latents)}
        return synthesized_batch(situation, latents[order], -gaps[order], count=count, facts=facts)

    def _around(self, anchors: Vectors, draws: int, rng: np.random.Generator) -> Vectors:
        """Step from anchors (a, z) in turn to latents (draws, z), each at the same distance."""
        if len(anchors) == 0:
            return anchors
        origins = anchors[np.arange(draws) % len(anchors)]
        step = rng.standard_normal(origins.shape, dtype=np.float32)
        step *= self._options.radius / np.linalg.norm(step, axis=1, keepdims=True)
        around: Vectors = origins + step
        return around


def build(options: PerturbOptions) -> Perturb:
    """Build the strategy."""
    return Perturb(options)
