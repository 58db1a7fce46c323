"""Wasserstein GAN with gradient penalty (Gulrajani et al. 2017, arXiv 1704.00028).

Learns from the pool alone; knows nothing of labels or queries.
"""

from __future__ import annotations

from functools import partial

from models.adversarial import WASSERSTEIN, Game
from models.checkpoints import below, read_shape, require_kind, whole_number
from models.generators.decoding import DecodedImages
from models.generators.dueling import Plans, duel, require
from models.interfaces import Checkpoint, Images, ImageShape, Progress
from models.lessons import Keep, Run
from models.networks import Decoder, Judge, restored
from models.parts.generators import WganGpOptions

#: Fewer images are refused; a guess that is still to be measured.
LEAST_IMAGES = 64
RATE = 2e-4
WIDTH = 32
BETAS = (0.0, 0.9)
JUDGE_STEPS = 5
PENALTY = 10.0


class WganGp(DecodedImages):
    """A frozen decoder; implements `Generator`."""

    name = "wgan_gp"
    title = "Wasserstein GAN"


def train(
    images: Images,
    options: WganGpOptions,
    *,
    seed: int,
    progress: Progress,
    device: str = "cpu",
    keep: Keep | None = None,
    resume: Checkpoint | None = None,
) -> WganGp:
    """Learn to make images like those of the pool (n, c, h, w).

    Raises `PoolTooSmall` below 64 images, `ShapeUnsupported` for sizes the networks cannot take,
    `CheckpointMismatch` when `resume` was kept by another training.
    """
    shape, size = require(images, least=LEAST_IMAGES, part=WganGp.title), options.latent_size
    judge = partial(Judge, shape, width=WIDTH)
    maker, facts = duel(
        images,
        Plans(_decoder(shape, size), judge, size),
        lambda augment: Game(
            WASSERSTEIN,
            RATE,
            betas=BETAS,
            judge_steps=JUDGE_STEPS,
            penalty=PENALTY,
            augment=augment,
        ),
        options,
        Run(seed, progress, device, keep, resume, options),
    )
    return WganGp(maker, shape=shape, latent_size=size, facts=facts)


def load(checkpoint: Checkpoint, *, device: str = "cpu") -> WganGp:
    """Load a generator; raises `CheckpointMismatch` for another part's checkpoint."""
    require_kind(checkpoint, "generator", name=WganGp.name)
    shape = read_shape(checkpoint.facts)
    size = whole_number(checkpoint.facts, "latent_size")
    decoder = restored(_decoder(shape, size), below("decoder", checkpoint.tensors)).to(device)
    return WganGp(decoder, shape=shape, latent_size=size, facts=checkpoint.facts)


def _decoder(shape: ImageShape, latent_size: int) -> partial[Decoder]:
    return partial(Decoder, shape, latent_size, width=WIDTH, batch_norm=True)
