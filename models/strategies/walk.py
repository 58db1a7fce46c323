"""Latent walks: from one image to another, and where the learner changes its mind on the way.

Knows nothing of pools, people or pages.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from models.interfaces import (
    Features,
    Generator,
    Images,
    Indices,
    Learner,
    ModelError,
    Vectors,
    to_bytes,
)
from models.strategies.replay import render

#: Stretches of a way that are looked at before one of them is halved.
STRETCHES = 4
#: A walk halves its stretch this often: the crossing is exact to a four-thousandth of the way.
BISECTIONS = 10
#: Both ends, and something between them.
LEAST_FRAMES = 3


class TooFewFrames(ModelError):
    """A walk needs at least three frames: both ends and the crossing."""


@dataclass(frozen=True)
class Parts:
    """What is walked in: images are generated, seen as features, and judged by the learner."""

    generator: Generator
    features: Features
    learner: Learner

    def decisions(self, latents: Vectors) -> Vectors:
        """Map latents (n, z) to decisions (n, k), on images of 256 levels as people see them."""
        with torch.inference_mode():
            images = to_bytes(self.generator.generate(torch.from_numpy(latents)))
        return self.learner.decide(self.features.extract(images))


@dataclass(frozen=True)
class Crossings:
    """Where ways cross the boundary: shares (n,) of the way in [0, 1], latents (n, z), and whether
    the learner changes its mind there (n,) or merely comes closest to it.
    """

    shares: Vectors
    latents: Vectors
    found: NDArray[np.bool_]


@dataclass(frozen=True)
class Walk:
    """A walk from A to B: `shares` (f,) of the way, `latents` (f, z), `images` (f, c, h, w),
    `decisions` (f, k), and the index of the frame at the crossing, None if there is none.
    """

    shares: Vectors
    latents: Vectors
    images: Images
    decisions: Vectors
    crossing: int | None


def crossings(
    parts: Parts, starts: Vectors, ends: Vectors, sides: Indices, *, bisections: int = BISECTIONS
) -> Crossings:
    """Walk straight from starts (n, z) to ends (n, z), each from the first to the second of its two
    classes, sides (n, 2), and find the first place where the second overtakes the first.

    The way is looked at in four stretches, and the one with the change is halved (Baum 1991).
    """

    def lead(shares: NDArray[np.float32]) -> Vectors:
        """Map shares (n,) to how far the first class leads the second there, (n,)."""
        decided = parts.decisions(_between(starts, ends, shares))
        mine = np.take_along_axis(decided, sides, axis=1)
        ahead: Vectors = mine[:, 0] - mine[:, 1]
        return ahead

    looked = np.linspace(0, 1, STRETCHES + 1, dtype=np.float32)
    leads = np.stack([lead(np.full(len(starts), share)) for share in looked])  # (stretches + 1, n)
    change = (leads[:-1] > 0) & (leads[1:] <= 0)
    found: NDArray[np.bool_] = np.any(change, axis=0, keepdims=True)[0]
    first = change.argmax(axis=0)
    low, high = looked[first], looked[first + 1]
    for _ in range(bisections):
        middle = (low + high) / 2
        before = lead(middle) > 0
        low, high = np.where(before, middle, low), np.where(before, high, middle)
    shares = np.where(found, high, looked[np.abs(leads).argmin(axis=0)]).astype(np.float32)
    return Crossings(shares, _between(starts, ends, shares), found)


def walk(
    parts: Parts, start: Vectors, end: Vectors, *, frames: int, sides: tuple[int, int] | None = None
) -> Walk:
    """Walk from latent `start` (z,) over the boundary to latent `end` (z,) in so many frames.

    `sides` are the classes of both ends; left out, they are what the learner takes them for. Frames
    are evenly spaced on either side of the crossing, which is one of them; without a crossing they
    are evenly spaced. Nothing is left to chance. Raises `TooFewFrames` below three.
    """
    if frames < LEAST_FRAMES:
        raise TooFewFrames(f"A walk needs at least {LEAST_FRAMES} frames, not {frames}.")
    both = np.stack([start, end]).astype(np.float32)
    if sides is None:
        ends = parts.decisions(both).argmax(axis=1)
        sides = (int(ends[0]), int(ends[1]))
    crossing, shares = None, np.linspace(0, 1, frames, dtype=np.float32)
    met = crossings(parts, both[:1], both[1:], np.array([sides]))
    if sides[0] != sides[1] and met.found[0]:
        share = met.shares[0]
        crossing = int(np.clip(round(share * (frames - 1)), 1, frames - 2))
        before = np.linspace(0, share, crossing + 1, dtype=np.float32)
        after = np.linspace(share, 1, frames - crossing, dtype=np.float32)
        shares = np.concatenate([before, after[1:]])
    latents = _between(both[:1].repeat(frames, axis=0), both[1:].repeat(frames, axis=0), shares)
    images = np.concatenate([render(parts.generator, each) for each in latents])
    decisions = parts.learner.decide(parts.features.extract(images))
    return Walk(shares, latents, images, decisions, crossing)


def _between(starts: Vectors, ends: Vectors, shares: NDArray[np.float32]) -> Vectors:
    """Return latents (n, z) at shares (n,) of the straight ways; both ends are exact."""
    along = shares[:, None]
    between: Vectors = ((1 - along) * starts + along * ends).astype(np.float32)
    return between
