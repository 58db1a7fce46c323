"""Pixels as features: every pixel is one number in [0, 1], as in the paper. Learns nothing."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from models.checkpoints import read_shape, require_kind, shape_facts
from models.interfaces import (
    Checkpoint,
    Images,
    ImageShape,
    Progress,
    Vectors,
    to_unit,
)
from models.parts.features import PixelsOptions
from models.training import require_images


class Pixels:
    """Flattens images; implements `Features`."""

    def __init__(self, shape: ImageShape) -> None:
        self._shape = shape

    @property
    def dimension(self) -> int:
        """Length of one vector: the numbers in an image."""
        return self._shape.pixels

    def extract(self, images: Images) -> Vectors:
        """Map images (n, c, h, w) to vectors (n, dimension) in [0, 1]."""
        self._shape.require(images)
        vectors: Vectors = to_unit(images).flatten(1).numpy()
        return vectors

    def forward(self, images: Tensor) -> Tensor:
        """Map unit images (n, c, h, w) to (n, dimension), differentiably."""
        return images.flatten(1)

    def realism(self, images: Images) -> Vectors:
        """Return zeros (n,): pixels have no opinion."""
        return np.zeros(len(images), dtype=np.float32)

    def checkpoint(self) -> Checkpoint:
        """Return the image shape, which is all there is to load."""
        return Checkpoint("features", "pixels", shape_facts(self._shape))


def train(
    images: Images, options: PixelsOptions, *, seed: int, progress: Progress, device: str = "cpu"
) -> Pixels:
    """Take the image shape of the pool (n, c, h, w); raises `PoolTooSmall` when it is empty."""
    del options, seed, device
    require_images(images, least=1, part="pixel features")
    progress(1.0, {})
    return Pixels(ImageShape.of(images))


def load(checkpoint: Checkpoint, *, device: str = "cpu") -> Pixels:
    """Load the features; raises `CheckpointMismatch` for another part's checkpoint."""
    del device
    require_kind(checkpoint, "features", name="pixels")
    return Pixels(read_shape(checkpoint.facts))
