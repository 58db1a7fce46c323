"""Teaching an encoder and a decoder as a variational autoencoder (Kingma and Welling 2014).

Loss and steps only; the networks are handed in. Knows nothing of what becomes of them.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from models.augmentation import shifted
from models.lessons import Lesson, descend
from models.networks import Decoder, Encoder
from models.precision import laid_out, placed, quickly
from models.training import Schedule, Step

RATE = 2e-3
#: Keeps the logarithm finite where an image is made exactly; a quarter of a gray level.
LEAST_VARIANCE = 1e-6


def lesson(
    encoder: Encoder,
    decoder: Decoder,
    schedule: Schedule,
    generator: torch.Generator,
    *,
    device: str,
    augment: bool,
) -> Lesson:
    """Return what trains the two in place; `augment` shifts every minibatch a little."""
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
