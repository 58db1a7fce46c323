"""Where searches start: at encoded pool images in doubt, or at random latents.

Knows nothing of how latents are moved from there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from models.interfaces import Generator, Images, Indices, Situation, Vectors, to_unit
from models.strategies.boundaries import doubt, every_side, shared_out
from models.strategies.pool_batches import margins_of_rows, require_learner
from models.strategies.synthesis import random_latents

#: Most pool images whose margin is looked at for starts.
LOOKED_AT = 10_000
#: How far latents are stirred where an encoder says nothing, in standard deviations. Set
#: after a few runs on automobiles and horses.
STIR = 0.6
#: Starts are drawn from this many times as many pool images near the margin.
START_CHOICE = 3


@dataclass(frozen=True)
class Starts:
    """Latents (n, z), the pool rows (n,) that they encode (none for random ones), and the side of
    the boundary (n, 1 or 2) that each search is to look at, or None.
    """

    latents: Vectors
    rows: Indices
    sides: Indices | None = None


def starts_near_boundary(
    situation: Situation,
    generator: Generator,
    count: int,
    rng: np.random.Generator,
    *,
    boundary: str = "best_two",
    jitter: float = 0.0,
) -> Starts:
    """Encode at most `count` pool images drawn from those nearest to the boundary; a generator that
    cannot encode gets random latents. What an encoder leaves open is drawn by chance, so that no
    search starts at a copy of an image. Each latent then takes a random step `jitter` long.
    """
    every = every_side(boundary, situation.learner.classes) if situation.learner else None
    sides = shared_out(every, count, rng)
    if not generator.encodes or len(situation.candidates) == 0:
        return Starts(random_latents(generator, count, rng), np.empty(0, np.int64), sides)
    looked = rng.permutation(situation.candidates)[:LOOKED_AT]
    if sides is None:
        rows = looked[_drawn(margins_of_rows(situation, looked), count, rng)]
    else:
        rows, sides = _rows_by_side(situation, looked, sides, rng)
    latents = _stirred(encoded(generator, situation.pool_images[rows]), rng)
    if jitter > 0:
        step = rng.standard_normal(latents.shape, dtype=np.float32)
        latents = latents + step * (jitter / np.linalg.norm(step, axis=1, keepdims=True))
    return Starts(latents, rows, sides)


def encoded(generator: Generator, images: Images) -> Vectors:
    """Map images (n, c, h, w) to latents (n, z) of a generator that encodes."""
    with torch.inference_mode():
        latents: Vectors = generator.encode(to_unit(images)).cpu().numpy()
    return latents


def left_open(latents: Vectors) -> NDArray[np.bool_]:
    """Say which dimensions (z,) an encoder leaves open: in which encoded images (n, z) all agree.

    Generators that change real images encode which image it is, and none of the changes.
    """
    flat: NDArray[np.bool_] = np.ptp(latents, axis=0) == 0
    return flat & (len(latents) > 1)


def _stirred(latents: Vectors, rng: np.random.Generator) -> Vectors:
    """Move latents (n, z) in the dimensions that their encoder leaves open."""
    which = left_open(latents)
    if not which.any():
        return latents
    step = STIR * rng.standard_normal(latents.shape, dtype=np.float32)
    return np.where(which, latents + step, latents)


def _drawn(far: Vectors, count: int, rng: np.random.Generator) -> Indices:
    """Draw at most `count` places from the few times as many that are least far (n,)."""
    near = np.argsort(far, kind="stable")[: START_CHOICE * count]
    return near[rng.permutation(len(near))[:count]].astype(np.int64)


def _rows_by_side(
    situation: Situation, looked: Indices, sides: Indices, rng: np.random.Generator
) -> tuple[Indices, Indices]:
    """Draw for every side rows in doubt about it, as many as it has searches, none of them twice.

    Returns rows (n,) and their sides (n, 1 or 2), fewer than `sides` where rows run out.
    """
    decisions = require_learner(situation).decide(situation.pool_vectors[looked])
    free = np.arange(len(looked))
    rows, kept = [np.empty(0, np.int64)], [sides[:0]]
    for side, wanted in zip(*np.unique(sides, axis=0, return_counts=True), strict=True):
        chosen = free[_drawn(doubt(decisions[free], side), int(wanted), rng)]
        free = np.setdiff1d(free, chosen)
        rows.append(looked[chosen])
        kept.append(np.broadcast_to(side, (len(chosen), len(side))))
    return np.concatenate(rows), np.concatenate(kept)
