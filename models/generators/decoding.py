"""What generators share whose images come from a decoder. Knows nothing of how it was trained."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from models.checkpoints import shape_facts
from models.interfaces import Checkpoint, Facts, ImageShape, ModelError
from models.networks import in_double_precision


class DecodedImages:
    """A frozen decoder in two precisions: single for searching, double for exact replay.

    In double precision the order of sums, which threads and processors change, moves a pixel by
    about 1e-15, so that rounding to 256 grey levels gives the same bytes everywhere.
    """

    #: Name in the catalogue, and in sentences.
    name: ClassVar[str]
    title: ClassVar[str]
    encodes = False

    def __init__(
        self, decoder: nn.Module, *, shape: ImageShape, latent_size: int, facts: Facts
    ) -> None:
        self._decoder = decoder
        self._exact = in_double_precision(decoder)
        self._shape = shape
        self._latent_size = latent_size
        #: What training told, and what loading needs.
        self.facts = {**facts, **shape_facts(shape), "latent_size": latent_size}

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
        return torch.sigmoid(self._decoder(latents.to(next(self._decoder.parameters()).device)))

    def encode(self, images: Tensor) -> Tensor:
        """Raise `ModelError`: this generator has no way back from images."""
        raise ModelError(
            f"A {self.title} cannot encode the {len(images)} images; choose the vae generator."
        )

    def checkpoint(self) -> Checkpoint:
        """Return the weights."""
        tensors = {f"decoder.{key}": each for key, each in self._decoder.state_dict().items()}
        return Checkpoint("generator", self.name, self.facts, tensors)
