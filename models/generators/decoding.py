"""What generators share whose images come from a decoder. Knows nothing of how it was trained."""

from __future__ import annotations

import torch
from torch import Tensor

from models.interfaces import ImageShape
from models.networks import Decoder, in_double_precision


class DecodedImages:
    """A frozen decoder in two precisions: single for searching, double for exact replay.

    In double precision the order of sums, which threads and processors change, moves a pixel by
    about 1e-15, so that rounding to 256 grey levels gives the same bytes everywhere.
    """

    def __init__(self, decoder: Decoder, *, shape: ImageShape, latent_size: int) -> None:
        self._decoder = decoder
        self._exact = in_double_precision(decoder)
        self._shape = shape
        self._latent_size = latent_size

    @property
    def shape(self) -> ImageShape:
        """The size of the images it makes."""
        return self._shape

    @property
    def latent_size(self) -> int:
        """Length of one latent."""
        return self._latent_size

    def generate(self, latents: Tensor) -> Tensor:
        """Map latents (n, latent_size) to unit images (n, c, h, w), differentiably."""
        if latents.dtype == torch.float64:
            return torch.sigmoid(self._exact(latents.cpu()))
        return torch.sigmoid(self._decoder(latents.to(self._decoder.opening.weight.device)))
