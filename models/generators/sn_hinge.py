"""Spectrally normalized judge and hinge loss (Miyato et al. 2018, arXiv 1802.05957).

Learns from the pool alone; knows nothing of labels or queries.
"""

from __future__ import annotations

from functools import partial

from models.adversarial import HINGE, Game
from models.checkpoints import below, read_shape, require_kind, whole_number
from models.generators.decoding import DecodedImages
from models.generators.dueling import Plans, duel, require
from models.interfaces import Checkpoint, Images, ImageShape, Progress
from models.lessons import Keep, Run
from models.networks import Decoder, Judge, SpectralConvolution, restored
from models.parts.generators import SnHingeOptions

#: Fewer images are refused; a guess. Measured on MNIST's 5 and 7 (1,000 steps, one seed, as in
#: `vae`): at 100, Fréchet distance 0.45, recall 0.14, precision 0.10; augmented 0.59, 0.03, 0.09;
#: augmented at 30, 0.66, 0.03, 0.06; none copied. Perturbation of the same images: at 100, 0.49,
#: 0.36, 0.44; at 30, 0.56, 0.16, 0.42. So below some hundred images it is the safer choice.
LEAST_IMAGES = 64
RATE = 2e-4
WIDTH = 32


class SnHinge(DecodedImages):
    """A frozen decoder; implements `Generator`."""

    name = "sn_hinge"
    title = "hinge GAN"


def train(
    images: Images,
    options: SnHingeOptions,
    *,
    seed: int,
    progress: Progress,
    device: str = "cpu",
    keep: Keep | None = None,
    resume: Checkpoint | None = None,
) -> SnHinge:
    """Learn to make images like those of the pool (n, c, h, w).

    Raises `PoolTooSmall` below 64 images, `ShapeUnsupported` for sizes the networks cannot take,
    `CheckpointMismatch` when `resume` was kept by another training.
    """
    shape, size = require(images, least=LEAST_IMAGES, part=SnHinge.title), options.latent_size
    judge = partial(Judge, shape, convolution=SpectralConvolution, width=WIDTH)
    maker, facts = duel(
        images,
        Plans(_decoder(shape, size), judge, size),
        lambda augment: Game(HINGE, RATE, augment=augment),
        options,
        Run(seed, progress, device, keep, resume, options),
    )
    return SnHinge(maker, shape=shape, latent_size=size, facts=facts)


def load(checkpoint: Checkpoint, *, device: str = "cpu") -> SnHinge:
    """Load a generator; raises `CheckpointMismatch` for another part's checkpoint."""
    require_kind(checkpoint, "generator", name=SnHinge.name)
    shape = read_shape(checkpoint.facts)
    size = whole_number(checkpoint.facts, "latent_size")
    decoder = restored(_decoder(shape, size), below("decoder", checkpoint.tensors)).to(device)
    return SnHinge(decoder, shape=shape, latent_size=size, facts=checkpoint.facts)


def _decoder(shape: ImageShape, latent_size: int) -> partial[Decoder]:
    return partial(Decoder, shape, latent_size, width=WIDTH, batch_norm=True)
