"""Latents of which a part chooses: its largest number names one of k classes or codes.

The maker sees the choice softened, so that slopes flow through it and a search may walk from one
class to another. Knows nothing of what the choices mean.
"""

from __future__ import annotations

import torch
from torch import Tensor

from models.interfaces import ImageShape
from models.networks import Decoder

#: At this sharpness, the largest of ten normal numbers has a weight of 0.87 on average.
SHARPNESS = 8.0


class ChoosingDecoder(Decoder):
    """A decoder of latents whose last `choices` numbers are a choice."""

    def __init__(
        self, shape: ImageShape, latent_size: int, choices: int, *, width: int = 32
    ) -> None:
        super().__init__(shape, latent_size, width=width, batch_norm=True)
        self._choices = choices

    def forward(self, latents: Tensor) -> Tensor:
        """Map latents (n, latent_size) to logits (n, c, h, w)."""
        weights = torch.softmax(SHARPNESS * latents[:, -self._choices :], dim=1)
        return super().forward(torch.cat([latents[:, : -self._choices], weights], dim=1))


def chosen(latents: Tensor, choices: int) -> Tensor:
    """Read which of k choices the latents (n, z) make, (n,)."""
    return latents[:, -choices:].argmax(dim=1)
