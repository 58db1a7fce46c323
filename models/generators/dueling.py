"""What generators share that learn against a judge: the way from images to a trained maker.

Knows nothing of the losses, which each of them brings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import nn

from models.adversarial import Duel, Game, Pair
from models.interfaces import Facts, Images, ImageShape
from models.lessons import Run, learn
from models.networks import Judge, initialized, require_supported
from models.precision import frozen
from models.training import plan, require_images


class Length(Protocol):
    """Options that say how long to train, and from which pool size on without augmentation."""

    @property
    def epochs(self) -> int:
        """Passes over the pool."""

    @property
    def least_steps(self) -> int:
        """Steps that small pools are trained for all the same."""

    @property
    def augment_below(self) -> int:
        """Pool size from which images are shown to the judge as they are."""


@dataclass(frozen=True)
class Plans:
    """How to build the two networks, and the length of the latents."""

    maker: Callable[[], nn.Module]
    judge: Callable[[], Judge]
    latent_size: int


def require(images: Images, *, least: int, part: str) -> ImageShape:
    """Return the shape of the images, or raise `PoolTooSmall` or `ShapeUnsupported`."""
    require_images(images, least=least, part=part)
    shape = ImageShape.of(images)
    require_supported(shape)
    return shape


def duel(
    images: Images, plans: Plans, rules: Callable[[bool], Game], length: Length, run: Run
) -> tuple[nn.Module, Facts]:
    """Train a maker on images (n, c, h, w); return it, frozen, and what training tells.

    `rules` makes the game, told whether the pool is small enough to be augmented.
    """
    generator = torch.Generator().manual_seed(run.seed)
    maker = initialized(plans.maker, generator)
    judge = initialized(plans.judge, generator)
    augment = len(images) < length.augment_below
    lesson = Duel(
        Pair(maker, judge, plans.latent_size),
        rules(augment),
        generator=generator,
        device=run.device,
    ).lesson()
    schedule = plan(len(images), epochs=length.epochs, least_steps=length.least_steps)
    facts = learn(lesson, images, schedule, run, maker=maker, latent_size=plans.latent_size)
    return frozen(maker), {**facts, "augmented": augment}
