"""Pixels as features: every pixel is one number in [0, 1], as in the paper. Learns nothing.

Blurred first, the weights of a linear learner come out smooth over the image and none of its
pixels decides alone, as under the penalty on rough weights of Hastie, Buja and Tibshirani (1995,
"Penalized Discriminant Analysis").
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from models.checkpoints import number, read_shape, require_kind, shape_facts
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

#: Images mapped together, which bounds the memory that blurring takes.
CHUNK = 4096
#: A bell is cut off this many standard deviations from its middle.
REACH = 3


class Pixels:
    """Flattens images; implements `Features`."""

    def __init__(self, shape: ImageShape, blur: float = 0.0) -> None:
        self._shape = shape
        self._blur = blur

    @property
    def dimension(self) -> int:
        """Length of one vector: the numbers in an image."""
        return self._shape.pixels

    def extract(self, images: Images) -> Vectors:
        """Map images (n, c, h, w) to vectors (n, dimension) in [0, 1]."""
        self._shape.require(images)
        vectors = np.empty((len(images), self.dimension), dtype=np.float32)
        with torch.inference_mode():
            for start in range(0, len(images), CHUNK):
                chunk = to_unit(images[start : start + CHUNK])
                vectors[start : start + CHUNK] = self.forward(chunk).numpy()
        return vectors

    def forward(self, images: Tensor) -> Tensor:
        """Map unit images (n, c, h, w) to (n, dimension), differentiably."""
        return _blurred(images, self._blur).flatten(1)

    def realism(self, images: Images) -> Vectors:
        """Return zeros (n,): pixels have no opinion."""
        return np.zeros(len(images), dtype=np.float32)

    def checkpoint(self) -> Checkpoint:
        """Return the image shape and the blur, which is all there is to load."""
        return Checkpoint("features", "pixels", {**shape_facts(self._shape), "blur": self._blur})


def train(
    images: Images, options: PixelsOptions, *, seed: int, progress: Progress, device: str = "cpu"
) -> Pixels:
    """Take the image shape of the pool (n, c, h, w); raises `PoolTooSmall` when it is empty."""
    del seed, device
    require_images(images, least=1, part="pixel features")
    progress(1.0, {})
    return Pixels(ImageShape.of(images), options.blur)


def load(checkpoint: Checkpoint, *, device: str = "cpu") -> Pixels:
    """Load the features; raises `CheckpointMismatch` for another part's checkpoint."""
    del device
    require_kind(checkpoint, "features", name="pixels")
    # Checkpoints from before pixels could be blurred do not speak of it.
    blur = number({"blur": 0.0, **checkpoint.facts}, "blur")
    return Pixels(read_shape(checkpoint.facts), blur)


def _blurred(images: Tensor, blur: float) -> Tensor:
    """Convolve images (n, c, h, w) with a bell of so many pixels' deviation; all is black beyond
    the rim.
    """
    if blur == 0:
        return images
    reach = math.ceil(REACH * blur)
    places = torch.arange(-reach, reach + 1, dtype=images.dtype, device=images.device)
    bell = torch.exp(-(places / blur).square() / 2)
    channels = images.shape[1]
    column = (bell / bell.sum())[None, None, :, None].expand(channels, 1, -1, 1)
    upright = functional.conv2d(images, column, padding=(reach, 0), groups=channels)
    row = column.transpose(2, 3)
    return functional.conv2d(upright, row, padding=(0, reach), groups=channels)
