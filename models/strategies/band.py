"""Band search: synthesizes images inside the band around the boundary that people can still name.

Latents start at encoded pool images near the margin (at random ones if the generator cannot
encode), move into the band |f| <= 1, and pass sieves: nothing close to what was asked or to the
pool, no rare latent, nothing that people would probably refuse, a diverse batch of what is left.
Knows nothing of annotators or storage.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models.interfaces import (
    Images,
    Indices,
    QueryBatch,
    Situation,
    Vectors,
    margins,
    to_bytes,
)
from models.neighbors import Neighborhood, neighborhood
from models.parts.synthesis_strategies import BandOptions
from models.recognizability import cues
from models.strategies.boundaries import BoundaryOfRows, boundary_of_rows, gaps
from models.strategies.diversity import diverse_first
from models.strategies.latent_density import common
from models.strategies.nearness import far_from_asked, far_from_pool
from models.strategies.pool_batches import require_learner
from models.strategies.search import gauss_newton, momentum_descent, within_reach
from models.strategies.starts import Starts, starts_near_boundary
from models.strategies.synthesis import require_generator, synthesized_batch


@dataclass(frozen=True)
class Candidates:
    """Latents (n, z) that a search found, with vectors (n, d), margins (n,) and chances (n,)."""

    starts: Starts
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
        passed, held_back = self._sieve(situation, found, surroundings)
        kept = np.flatnonzero(passed)
        kept = kept[np.argsort(-utilities[kept], kind="stable")]
        kept = kept[: math.ceil(self._options.candidates * count)]
        order = kept[
            diverse_first(
                found.vectors[kept],
                utilities[kept],
                count,
                diversity=self._options.diversity,
                seed=seed,
            )
        ]
        in_band = int((found.margins <= self._options.width).sum())
        facts = {"starts": len(passed), "in_band": in_band, **held_back}
        return synthesized_batch(
            situation, found.latents[order], utilities[order], count=count, facts=facts
        )

    def _search(
        self, situation: Situation, surroundings: Neighborhood, count: int, rng: np.random.Generator
    ) -> Candidates:
        generator, learner = require_generator(situation), require_learner(situation)
        least = math.ceil(self._options.candidates * count)
        starts = starts_near_boundary(
            situation,
            generator,
            max(self._options.starts, least),
            rng,
            boundary=self._options.boundary,
            jitter=self._options.jitter,
        )
        latents = within_reach(torch.from_numpy(starts.latents))
        images, vectors = _shown(situation, latents)
        # Whether a search is needed is told by the image that people would see.
        decisions = torch.from_numpy(learner.decide(vectors))
        outside = np.flatnonzero((gaps(decisions, starts.sides) > self._options.width).numpy())
        aims = rng.uniform(0, self._options.width, len(latents)).astype(np.float32)
        if len(outside):
            sides = None if starts.sides is None else starts.sides[outside]
            distance = boundary_of_rows(generator, situation.features, learner, sides)
            latents[outside] = self._moved(
                latents[outside], distance, torch.from_numpy(aims)[outside]
            )
            images[outside], vectors[outside] = _shown(situation, latents[outside])
        far = margins(learner.decide(vectors))
        chances = _chances(situation, surroundings, images, far, latents.numpy())
        return Candidates(starts, latents.numpy(), vectors, far, chances)

    def _moved(self, latents: Tensor, distance: BoundaryOfRows, aims: Tensor) -> Tensor:
        """Move latents (n, z) towards distances `aims` (n,) inside the band."""
        options = self._options
        if options.search == "gauss_newton":
            return gauss_newton(
                latents, distance, aims=aims, width=options.width, steps=options.steps
            )
        every = distance(np.arange(len(latents)))
        found, _ = momentum_descent(
            latents,
            # Whoever is as close as was aimed at has arrived, and the first arrival counts.
            lambda latents: (every(latents) - aims.to(latents.device)).clamp(min=0),
            rate=options.rate,
            momentum=options.momentum,
            steps=options.steps,
        )
        return within_reach(found)

    def _sieve(
        self, situation: Situation, found: Candidates, surroundings: Neighborhood
    ) -> tuple[NDArray[np.bool_], dict[str, int]]:
        """Say which candidates (n,) pass, and how many each sieve held back of what it was given.

        The dearest sieve, which compares with the whole pool, comes last and sees the fewest.
        """
        options, typical = self._options, surroundings.typical
        sieves: dict[str, Callable[[Indices], NDArray[np.bool_]]] = {
            "near_asked": lambda rows: far_from_asked(
                found.vectors[rows], situation, least=options.spacing * typical
            ),
            "refused": lambda rows: found.chances[rows] >= options.least_chance,
            "rare": lambda rows: common(
                found.latents[rows],
                situation,
                require_generator(situation),
                density=options.density,
                share=options.density_share,
            ),
            "near_pool": lambda rows: far_from_pool(
                found.vectors[rows],
                situation,
                least=options.pool_spacing * typical,
                among=found.starts.rows,
            ),
        }
        passed = np.ones(len(found.latents), dtype=bool)
        held_back = {}
        for name, sieve in sieves.items():
            rows = np.flatnonzero(passed)
            passed[rows] = sieve(rows)
            held_back[name] = len(rows) - int(passed.sum())
        return passed, held_back


def build(options: BandOptions) -> Band:
    """Build the strategy."""
    return Band(options)


def _shown(situation: Situation, latents: Tensor) -> tuple[Images, Vectors]:
    """Draw latents (n, z) as people would see them, with the vectors (n, d) of these images."""
    with torch.inference_mode():
        images = to_bytes(require_generator(situation).generate(latents))
    return images, situation.features.extract(images)


def _chances(
    situation: Situation,
    surroundings: Neighborhood,
    images: Images,
    gaps: Vectors,
    latents: Vectors,
) -> Vectors:
    """Predict the chances (n,) that people can name the images; 1 without a recognizer."""
    if situation.recognizer is None:
        return np.ones(len(images), dtype=np.float32)
    seen = cues(
        images,
        features=situation.features,
        neighborhood=surroundings,
        margins=gaps,
        latents=latents,
    )
    return situation.recognizer.chance(seen)
