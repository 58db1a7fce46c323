"""Band search: synthesizes images inside the band around the boundary that people can still name.

Latents start at encoded pool images near the margin (at random ones if the generator cannot
encode), move by Gauss-Newton steps into the band |f| <= 1, and pass three sieves: nothing close to
what was asked, nothing that people would probably refuse, medoids of what is left. Knows nothing
of annotators or storage.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from models.interfaces import (
    Generator,
    Indices,
    QueryBatch,
    Situation,
    Vectors,
    margins,
    to_bytes,
    to_unit,
)
from models.neighbors import Neighborhood, nearest, neighborhood
from models.parts.synthesis_strategies import BandOptions
from models.recognizability import cues
from models.strategies.clustering import medoids
from models.strategies.pool_batches import margins_of_rows, require_learner
from models.strategies.search import boundary, gauss_newton
from models.strategies.synthesis import random_latents, require_generator, synthesized_batch

#: Most pool images whose margin is looked at for starts.
LOOKED_AT = 10_000
#: Starts are drawn from this many times as many pool images near the margin.
START_CHOICE = 3


@dataclass(frozen=True)
class _Candidates:
    """Latents (n, z) that a search found, with vectors (n, d), margins (n,) and chances (n,)."""

    latents: Vectors
    vectors: Vectors
    margins: Vectors
    chances: Vectors


class Band:
    """Searches latents for the band; implements `Strategy`."""

    def __init__(self, options: BandOptions) -> None:
        self._options = options

    def pose(self, situation: Situation, count: int, *, seed: int) -> QueryBatch:
        """Pose diverse images of the band; the utility is the chance that people can name the
        image (1 without a recognizer) minus how far it lies outside the band.
        """
        require_learner(situation)
        require_generator(situation)
        surroundings = neighborhood(situation.pool_vectors)
        found = self._search(situation, surroundings, count, np.random.default_rng(seed))
        utilities = found.chances - np.maximum(found.margins - self._options.width, 0)
        fresh = self._fresh(found, situation.asked_vectors, surroundings)
        nameable = fresh & (found.chances >= self._options.least_chance)
        kept = np.flatnonzero(nameable)
        kept = kept[np.argsort(-utilities[kept], kind="stable")]
        kept = kept[: math.ceil(self._options.candidates * count)]
        order = _diverse_first(found.vectors, kept, count=count, seed=seed)
        facts = {
            "starts": len(fresh),
            "near_asked": int((~fresh).sum()),
            "refused": int((fresh & ~nameable).sum()),
            "in_band": int((found.margins <= self._options.width).sum()),
        }
        return synthesized_batch(
            situation, found.latents[order], utilities[order], count=count, facts=facts
        )

    def _search(
        self, situation: Situation, surroundings: Neighborhood, count: int, rng: np.random.Generator
    ) -> _Candidates:
        generator, learner = require_generator(situation), require_learner(situation)
        least = math.ceil(self._options.candidates * count)
        starts = _starts(situation, generator, max(self._options.starts, least), rng)
        aims = rng.uniform(0, self._options.width, len(starts)).astype(np.float32)
        latents = gauss_newton(
            torch.from_numpy(starts),
            boundary(generator, situation.features, learner),
            aims=torch.from_numpy(aims),
            width=self._options.width,
            steps=self._options.steps,
        )
        with torch.inference_mode():
            images = to_bytes(generator.generate(latents))
        vectors = situation.features.extract(images)
        gaps = margins(learner.decide(vectors))
        chances = np.ones(len(gaps), dtype=np.float32)
        if situation.recognizer is not None:
            chances = situation.recognizer.chance(
                cues(
                    images,
                    features=situation.features,
                    neighborhood=surroundings,
                    margins=gaps,
                    latents=latents.numpy(),
                )
            )
        return _Candidates(latents.numpy(), vectors, gaps, chances)

    def _fresh(
        self, found: _Candidates, asked: Vectors, surroundings: Neighborhood
    ) -> NDArray[np.bool_]:
        apart = nearest(found.vectors, asked)
        fresh: NDArray[np.bool_] = apart >= self._options.spacing * surroundings.typical
        return fresh


def build(options: BandOptions) -> Band:
    """Build the strategy."""
    return Band(options)


def _starts(
    situation: Situation, generator: Generator, count: int, rng: np.random.Generator
) -> Vectors:
    """Encode pool images drawn from those nearest to the boundary, or draw random latents."""
    if not generator.encodes or len(situation.candidates) == 0:
        return random_latents(generator, count, rng)
    rows = rng.permutation(situation.candidates)[:LOOKED_AT]
    near = np.argsort(margins_of_rows(situation, rows), kind="stable")[: START_CHOICE * count]
    chosen = rows[rng.permutation(near)[:count]]
    with torch.inference_mode():
        latents: Vectors = generator.encode(to_unit(situation.pool_images[chosen])).cpu().numpy()
    return latents


def _diverse_first(vectors: Vectors, kept: Indices, *, count: int, seed: int) -> Indices:
    """Order the kept rows (m,): medoids first, then the rest in their order."""
    chosen, _ = medoids(vectors[kept], count, seed=seed)
    rest = np.setdiff1d(np.arange(len(kept)), chosen)
    order: Indices = kept[np.concatenate([chosen, rest])]
    return order
