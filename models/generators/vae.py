"""Variational autoencoder (Kingma and Welling 2014): encodes and decodes, so that a search may
start at real images. Learns from the pool alone; knows nothing of labels or queries.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import torch
from torch import Tensor

from models.autoencoding import lesson
from models.checkpoints import below, read_shape, require_kind, whole_number
from models.generators.decoding import DecodedImages
from models.generators.perturbation import Perturbation
from models.generators.standing_in import changed_images, edges_kept
from models.interfaces import Checkpoint, Facts, Images, ImageShape, Progress
from models.lessons import Keep, Run, learn
from models.networks import Decoder, Encoder, initialized, require_supported, restored
from models.parts.generators import VaeOptions
from models.precision import frozen
from models.training import plan, require_images

#: Fewer images are refused: none were tried. MNIST's 5 and 7, default options but 1,000 steps at 30
#: images and 1,500 at 100, one seed, 1,000 images made, in features learned from all 11,686:
#: Fréchet distance 1.00 at 30, 0.99 at 100, 0.85 at 11,686; recall 0.21, 0.23, 0.20; none copied.
#: Not moved at random, at 100 and 1,000 steps: 1.78 and 0.00.
LEAST_IMAGES = 30


class Vae(DecodedImages):
    """A frozen encoder and decoder; implements `Generator`."""

    name = "vae"
    title = "variational autoencoder"
    encodes = True

    def __init__(
        self,
        encoder: Encoder,
        decoder: Decoder,
        *,
        shape: ImageShape,
        latent_size: int,
        facts: Facts,
    ) -> None:
        super().__init__(decoder, shape=shape, latent_size=latent_size, facts=facts)
        self._encoder = encoder

    def encode(self, images: Tensor) -> Tensor:
        """Map unit images (n, c, h, w) to the means of their latents (n, latent_size)."""
        mean: Tensor = self._encoder(images.to(self._encoder.head.weight.device))[0]
        return mean

    def checkpoint(self) -> Checkpoint:
        """Return the weights of both halves."""
        made = super().checkpoint()
        coded = {f"encoder.{key}": each for key, each in self._encoder.state_dict().items()}
        return replace(made, tensors={**coded, **made.tensors})


def train(
    images: Images,
    options: VaeOptions,
    *,
    seed: int,
    progress: Progress,
    device: str = "cpu",
    keep: Keep | None = None,
    resume: Checkpoint | None = None,
) -> Vae | Perturbation:
    """Learn to encode and decode the pool (n, c, h, w).

    Where its drawings keep fewer edges than they should, changed images of the pool stand in.

    Raises `PoolTooSmall` below 30 images, `ShapeUnsupported` for sizes the networks cannot take,
    `CheckpointMismatch` when `resume` was kept by another training.
    """
    require_images(images, least=LEAST_IMAGES, part=Vae.title)
    shape, size = ImageShape.of(images), options.latent_size
    require_supported(shape)
    generator = torch.Generator().manual_seed(seed)
    encoder = initialized(partial(Encoder, shape, size), generator)
    decoder = initialized(partial(Decoder, shape, size, batch_norm=True), generator)
    schedule = plan(len(images), epochs=options.epochs, least_steps=options.least_steps)
    augment = len(images) < options.augment_below
    taught = lesson(encoder, decoder, schedule, generator, device=device, augment=augment)
    facts = learn(
        taught,
        images,
        schedule,
        Run(seed, progress, device, keep, resume, options),
        maker=decoder,
        latent_size=size,
    )
    made = Vae(
        frozen(encoder),
        frozen(decoder),
        shape=shape,
        latent_size=size,
        facts={**facts, "augmented": augment},
    )
    if not options.least_edges:
        return made
    edges = edges_kept(made, images, seed=seed)
    if edges >= options.least_edges:
        return made
    return changed_images(images, instead_of=made, edges=edges, seed=seed, progress=progress)


def load(checkpoint: Checkpoint, *, device: str = "cpu") -> Vae:
    """Load a generator; raises `CheckpointMismatch` for another part's checkpoint."""
    require_kind(checkpoint, "generator", name=Vae.name)
    shape = read_shape(checkpoint.facts)
    size = whole_number(checkpoint.facts, "latent_size")
    encoder = restored(partial(Encoder, shape, size), below("encoder", checkpoint.tensors))
    decoder = restored(
        partial(Decoder, shape, size, batch_norm=True), below("decoder", checkpoint.tensors)
    )
    return Vae(
        encoder.to(device),
        decoder.to(device),
        shape=shape,
        latent_size=size,
        facts=checkpoint.facts,
    )
