"""Variational autoencoder (Kingma and Welling 2014): encodes and decodes, so that a search may
start at real images. Learns from the pool alone; knows nothing of labels or queries.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor

from models.augmentation import shifted
from models.checkpoints import below, read_shape, require_kind, whole_number
from models.generators.decoding import DecodedImages
from models.interfaces import Checkpoint, Facts, Images, ImageShape, Progress
from models.lessons import Keep, Lesson, Run, descend, learn
from models.networks import Decoder, Encoder, initialized, require_supported, restored
from models.parts.generators import VaeOptions
from models.precision import frozen, laid_out, placed, quickly
from models.training import Schedule, Step, plan, require_images

#: Fewer images are refused; a guess that is still to be measured.
LEAST_IMAGES = 32
RATE = 2e-3
#: Keeps the logarithm finite where an image is made exactly; a quarter of a gray level.
LEAST_VARIANCE = 1e-6


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
) -> Vae:
    """Learn to encode and decode the pool (n, c, h, w).

    Raises `PoolTooSmall` below 32 images, `ShapeUnsupported` for sizes the networks cannot take,
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
    lesson = _lesson(encoder, decoder, schedule, generator, device=device, augment=augment)
    facts = learn(
        lesson,
        images,
        schedule,
        Run(seed, progress, device, keep, resume, options),
        maker=decoder,
        latent_size=size,
    )
    return Vae(
        frozen(encoder),
        frozen(decoder),
        shape=shape,
        latent_size=size,
        facts={**facts, "augmented": augment},
    )


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


def _lesson(
    encoder: Encoder,
    decoder: Decoder,
    schedule: Schedule,
    generator: torch.Generator,
    *,
    device: str,
    augment: bool,
) -> Lesson:
    placed(encoder, device), placed(decoder, device)
    weights = [*encoder.parameters(), *decoder.parameters()]
    optimizer = torch.optim.Adam(weights, lr=RATE, fused=True)
    size = encoder.head.out_features // 2

    def step(step: Step) -> Tensor:
        optimizer.param_groups[0]["lr"] = _rate(step.number, schedule.steps)
        images = shifted(step.images, generator) if augment else step.images
        noise = torch.randn(len(images), size, generator=generator).to(device)
        loss = evidence_loss(encoder, decoder, laid_out(images), noise=noise)
        descend(optimizer, loss)
        return loss.detach()

    return Lesson({"encoder": encoder, "decoder": decoder}, {"both": optimizer}, generator, step)


def _rate(number: int, steps: int) -> float:
    """Fall along a half cosine from the first step's rate to a twentieth of it."""
    left = (1 + math.cos(math.pi * (number - 1) / steps)) / 2
    return RATE * (0.05 + 0.95 * left)


def evidence_loss(encoder: Encoder, decoder: Decoder, images: Tensor, *, noise: Tensor) -> Tensor:
    """Return the negative evidence lower bound in nats per image, up to a constant.

    The decoder's variance is the one that fits best (Rybkin, Daniilidis and Levine 2021, sigma-VAE,
    section 4), so that small images are weighed against the latents as large ones are. With a fixed
    one, latents of 8x8 images carry next to nothing and imagined images are blurred.
    """
    with quickly(images.device.type):
        mean, log_variance = (each.float() for each in encoder(images))
        logits = decoder(mean + noise * torch.exp(log_variance / 2))
    made = torch.sigmoid(logits.float())
    error = (made - images).square().mean()
    misfit = images[0].numel() / 2 * torch.log(error + LEAST_VARIANCE)
    divergence = (mean.square() + log_variance.exp() - 1 - log_variance).sum() / 2 / len(images)
    loss: Tensor = misfit + divergence
    return loss
