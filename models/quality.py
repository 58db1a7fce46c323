"""The quality report: how good a generator is, in the project's own feature space.

A sample sheet shows whether images are worth asking about; this tells what a sheet hides: images
that are missing (recall) and images learned by heart (copied). Knows nothing of how a generator
was trained, and shows nothing itself.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import torch

from models.interfaces import Facts, Features, Generator, Images, Vectors, to_bytes
from models.likeness import covered, frechet, to_nearest, to_nearest_other

#: Images made, and at most as many real ones to compare them with.
COMPARED = 1000
#: Images made at once, which bounds the memory.
CHUNK = 64
#: Pool images among which the nearest is looked for; the whole pool, unless it is huge.
SEARCHED = 12_000
#: A made image counts as copied when it is nearer to the pool than all but this share of real,
#: unseen images are. An honest generator copies about as often; a guess says how much is too much.
UNUSUAL = 0.05
TOO_OFTEN = 0.25


@dataclass(frozen=True)
class Quality:
    """What was measured, on `made` images against `real` ones."""

    #: Fréchet distance to real images, and that of other real images to them: zero is the best,
    #: and no generator of the same count of images can be expected below the second.
    frechet: float
    frechet_floor: float
    #: Share of real images within the manifold of made ones, and the reverse.
    recall: float
    precision: float
    #: Share of made images that are unusually near to an image of the pool.
    copied: float
    made: int
    real: int

    @property
    def memorizes(self) -> bool:
        """Whether images of the pool come out rather than images like them."""
        return self.copied > TOO_OFTEN

    def facts(self) -> Facts:
        """Write as facts that survive JSON."""
        numbers = {key: round(value, 4) for key, value in asdict(self).items()}
        return {**numbers, "memorizes": self.memorizes}


def examine(
    generator: Generator,
    features: Features,
    pool: Images,
    *,
    held_out: Images | None = None,
    seed: int,
) -> Quality:
    """Compare what a generator makes of random latents with the pool (n, c, h, w).

    `held_out` (m, c, h, w) are real images that the generator has not seen; without them, images
    of the pool stand in, each compared with the others. Raises `PoolTooSmall` below eight pool
    images.
    """
    rng = np.random.default_rng(seed)
    known = features.extract(_drawn(pool, SEARCHED, rng))
    unseen = None if held_out is None else features.extract(_drawn(held_out, COMPARED, rng))
    latents = rng.standard_normal((COMPARED, generator.latent_size), dtype=np.float32)
    return compare(features.extract(_made(generator, latents)), known, held_out=unseen, rng=rng)


def compare(
    made: Vectors, known: Vectors, *, held_out: Vectors | None, rng: np.random.Generator
) -> Quality:
    """Compare made vectors (m, d) with those of the pool (p, d) and of unseen images (h, d)."""
    order = rng.permutation(len(known))
    half = len(order) // 2
    real = known[order[:half][:COMPARED]]
    others = known[order[half:][:COMPARED]]
    # Equal counts on both sides: the distance depends on them.
    sampled = made[: len(others)]
    usual = (
        to_nearest_other(known, order[:COMPARED])
        if held_out is None
        else to_nearest(held_out, known)
    )
    near = np.quantile(usual, UNUSUAL)
    return Quality(
        frechet=frechet(sampled, real),
        frechet_floor=frechet(others, real),
        recall=covered(real, by=sampled),
        precision=covered(sampled, by=real),
        copied=float((to_nearest(made, known) < near).mean()),
        made=len(made),
        real=len(real),
    )


def _made(generator: Generator, latents: Vectors) -> Images:
    with torch.inference_mode():
        parts = [
            to_bytes(generator.generate(torch.from_numpy(latents[start : start + CHUNK])))
            for start in range(0, len(latents), CHUNK)
        ]
    return np.concatenate(parts)


def _drawn(images: Images, most: int, rng: np.random.Generator) -> Images:
    if len(images) <= most:
        return images
    return images[np.sort(rng.permutation(len(images))[:most])]
