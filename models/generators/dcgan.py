"""Deep convolutional generative adversarial network (Radford et al. 2016), the paper's generator.

Learns from the pool alone; knows nothing of labels or queries.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from models.adversarial import LOGISTIC, Pair, train_pair
from models.checkpoints import below, read_shape, require_kind, shape_facts, whole_number
from models.generators.decoding import DecodedImages
from models.interfaces import Checkpoint, Images, ImageShape, ModelError, Progress
from models.networks import Decoder, Judge, initialized, require_supported, restored
from models.parts.generators import DcganOptions
from models.training import drawing, plan, require_images

#: Fewer images are refused; a guess that is still to be measured.
LEAST_IMAGES = 64
RATE = 2e-4
WIDTH = 64


class Dcgan(DecodedImages):
    """A frozen decoder; implements `Generator`."""

    encodes = False

    def encode(self, images: Tensor) -> Tensor:
        """Raise `ModelError`: this generator has no way back from images."""
        raise ModelError(
            f"A DCGAN cannot encode the {len(images)} images; choose the vae generator."
        )

    def checkpoint(self) -> Checkpoint:
        """Return the weights."""
        facts = shape_facts(self.shape) | {"latent_size": self.latent_size}
        tensors = {f"decoder.{key}": each for key, each in self._decoder.state_dict().items()}
        return Checkpoint("generator", "dcgan", facts, tensors)


def train(
    images: Images, options: DcganOptions, *, seed: int, progress: Progress, device: str = "cpu"
) -> Dcgan:
    """Learn to make images like those of the pool (n, c, h, w).

    Raises `PoolTooSmall` below 64 images and `ShapeUnsupported` for sizes the networks cannot take.
    """
    require_images(images, least=LEAST_IMAGES, part="DCGAN")
    shape, size = ImageShape.of(images), options.latent_size
    require_supported(shape)
    generator = torch.Generator().manual_seed(seed)
    decoder = initialized(_decoder(shape, size), generator)
    judge = initialized(partial(Judge, shape, width=WIDTH, batch_norm=True), generator)
    schedule = plan(len(images), epochs=options.epochs, least_steps=options.least_steps)
    train_pair(
        Pair(decoder, judge, size),
        images,
        loss=LOGISTIC,
        schedule=schedule,
        rate=RATE,
        generator=generator,
        progress=progress,
        device=device,
        draw=drawing(decoder, size, seed=seed),
    )
    return Dcgan(decoder.requires_grad_(False).eval(), shape=shape, latent_size=size)


def load(checkpoint: Checkpoint, *, device: str = "cpu") -> Dcgan:
    """Load a generator; raises `CheckpointMismatch` for another part's checkpoint."""
    require_kind(checkpoint, "generator", name="dcgan")
    shape = read_shape(checkpoint.facts)
    size = whole_number(checkpoint.facts, "latent_size")
    decoder = restored(_decoder(shape, size), below("decoder", checkpoint.tensors)).to(device)
    return Dcgan(decoder, shape=shape, latent_size=size)


def _decoder(shape: ImageShape, latent_size: int) -> partial[Decoder]:
    return partial(Decoder, shape, latent_size, width=WIDTH, batch_norm=True)
