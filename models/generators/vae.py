"""Variational autoencoder (Kingma and Welling 2014): encodes and decodes, so that a search may
start at real images. Learns from the pool alone; knows nothing of labels or queries.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from models.checkpoints import below, read_shape, require_kind, shape_facts, whole_number
from models.generators.decoding import DecodedImages
from models.interfaces import Checkpoint, Images, ImageShape, Progress
from models.networks import Decoder, Encoder, initialized, require_supported, restored
from models.parts.generators import VaeOptions
from models.training import drawing, minibatches, plan, report, require_images

#: Fewer images are refused; a guess that is still to be measured.
LEAST_IMAGES = 32
RATE = 2e-3
#: Keeps the logarithm finite where an image is made exactly; a quarter of a gray level.
LEAST_VARIANCE = 1e-6


class Vae(DecodedImages):
    """A frozen encoder and decoder; implements `Generator`."""

    encodes = True

    def __init__(
        self, encoder: Encoder, decoder: Decoder, *, shape: ImageShape, latent_size: int
    ) -> None:
        super().__init__(decoder, shape=shape, latent_size=latent_size)
        self._encoder = encoder

    def encode(self, images: Tensor) -> Tensor:
        """Map unit images (n, c, h, w) to the means of their latents (n, latent_size)."""
        mean: Tensor = self._encoder(images.to(self._encoder.head.weight.device))[0]
        return mean

    def checkpoint(self) -> Checkpoint:
        """Return the weights of both halves."""
        facts = shape_facts(self.shape) | {"latent_size": self.latent_size}
        tensors = {f"encoder.{key}": each for key, each in self._encoder.state_dict().items()}
        tensors |= {f"decoder.{key}": each for key, each in self._decoder.state_dict().items()}
        return Checkpoint("generator", "vae", facts, tensors)


def train(
    images: Images, options: VaeOptions, *, seed: int, progress: Progress, device: str = "cpu"
) -> Vae:
    """Learn to encode and decode the pool (n, c, h, w).

    Raises `PoolTooSmall` below 32 images and `ShapeUnsupported` for sizes the networks cannot take.
    """
    require_images(images, least=LEAST_IMAGES, part="variational autoencoder")
    shape, size = ImageShape.of(images), options.latent_size
    require_supported(shape)
    generator = torch.Generator().manual_seed(seed)
    encoder = initialized(partial(Encoder, shape, size), generator).to(device)
    decoder = initialized(partial(Decoder, shape, size, batch_norm=True), generator).to(device)
    schedule = plan(len(images), epochs=options.epochs, least_steps=options.least_steps)
    draw = drawing(decoder, size, seed=seed)
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=RATE)
    pace = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, schedule.steps, RATE / 20)
    for step in minibatches(images, schedule, generator=generator, device=device):
        noise = torch.randn(len(step.images), size, generator=generator).to(device)
        loss = evidence_loss(encoder, decoder, step.images, noise=noise)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        pace.step()
        report(progress, step, schedule, loss=loss, draw=draw)
    return Vae(
        encoder.requires_grad_(False).eval(),
        decoder.requires_grad_(False).eval(),
        shape=shape,
        latent_size=size,
    )


def load(checkpoint: Checkpoint, *, device: str = "cpu") -> Vae:
    """Load a generator; raises `CheckpointMismatch` for another part's checkpoint."""
    require_kind(checkpoint, "generator", name="vae")
    shape = read_shape(checkpoint.facts)
    size = whole_number(checkpoint.facts, "latent_size")
    encoder = restored(partial(Encoder, shape, size), below("encoder", checkpoint.tensors))
    decoder = restored(
        partial(Decoder, shape, size, batch_norm=True), below("decoder", checkpoint.tensors)
    )
    return Vae(encoder.to(device), decoder.to(device), shape=shape, latent_size=size)


def evidence_loss(encoder: Encoder, decoder: Decoder, images: Tensor, *, noise: Tensor) -> Tensor:
    """Return the negative evidence lower bound in nats per image, up to a constant.

    The decoder's variance is the one that fits best (Rybkin, Daniilidis and Levine 2021, sigma-VAE,
    section 4), so that small images are weighed against the latents as large ones are. With a fixed
    one, latents of 8x8 images carry next to nothing and imagined images are blurred.
    """
    mean, log_variance = encoder(images)
    made = torch.sigmoid(decoder(mean + noise * torch.exp(log_variance / 2)))
    error = (made - images).square().mean()
    misfit = images[0].numel() / 2 * torch.log(error + LEAST_VARIANCE)
    divergence = (mean.square() + log_variance.exp() - 1 - log_variance).sum() / 2 / len(images)
    loss: Tensor = misfit + divergence
    return loss
