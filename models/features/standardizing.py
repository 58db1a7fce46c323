"""Standardized features: what a frozen network sees, each number on one scale.

Each number is standardized on the pool and the whole divided by the root of the dimension, so that
vectors have about length one whatever the network. Knows nothing of training.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from models.checkpoints import tensor
from models.interfaces import Checkpoint, Images, ImageShape, Vectors, to_unit

#: Images looked at together, which bounds the memory.
CHUNK = 512
#: Pool images whose vectors give mean and spread.
STANDARDIZED_ON = 4096

#: Maps unit images (n, c, h, w) to raw vectors (n, d), differentiably.
See = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Standard:
    """Mean and scale per number of the vectors, both (dimension,)."""

    mean: Tensor
    scale: Tensor

    @classmethod
    def of(cls, see: See, images: Images, *, generator: torch.Generator, device: str) -> Standard:
        """Measure mean and spread on pool images (n, c, h, w), drawn at random from many."""
        rows = torch.randperm(len(images), generator=generator)[:STANDARDIZED_ON].numpy()
        raw = _seen(see, images[rows], torch.device(device))
        # One image has no spread.
        spread = raw.std(dim=0, correction=min(1, len(raw) - 1))
        # A number that hardly varies (the dark rim of digits) must not be blown up into noise.
        floor = spread.median().clamp(min=1e-6) / 2
        return cls(raw.mean(dim=0), 1 / (spread.clamp(min=floor) * raw.shape[1] ** 0.5))

    @classmethod
    def saved(cls, checkpoint: Checkpoint, *, device: str) -> Standard:
        """Read what `tensors` wrote, or raise `CheckpointMismatch`."""
        return cls(tensor(checkpoint, "mean").to(device), tensor(checkpoint, "scale").to(device))

    def tensors(self) -> dict[str, Tensor]:
        """Return what a checkpoint keeps."""
        return {"mean": self.mean, "scale": self.scale}


class StandardizedFeatures:
    """What every standardized feature map does; each adds its checkpoint to be `Features`."""

    def __init__(self, see: See, standard: Standard, *, shape: ImageShape) -> None:
        self._see = see
        self._standard = standard
        self._shape = shape

    @property
    def dimension(self) -> int:
        """Length of one vector."""
        return len(self._standard.mean)

    def extract(self, images: Images) -> Vectors:
        """Map images (n, c, h, w) to vectors (n, dimension) of about length one."""
        self._shape.require(images)
        vectors = np.empty((len(images), self.dimension), dtype=np.float32)
        with torch.inference_mode():
            for start in range(0, len(images), CHUNK):
                chunk = to_unit(images[start : start + CHUNK]).to(self._standard.mean.device)
                vectors[start : start + CHUNK] = self.forward(chunk).cpu().numpy()
        return vectors

    def forward(self, images: Tensor) -> Tensor:
        """Map unit images (n, c, h, w) to (n, dimension), differentiably."""
        return (self._see(images) - self._standard.mean) * self._standard.scale

    def realism(self, images: Images) -> Vectors:
        """Return zeros (n,): no opinion."""
        return np.zeros(len(images), dtype=np.float32)


def _seen(see: See, images: Images, device: torch.device) -> Tensor:
    with torch.no_grad():
        chunks = [
            see(to_unit(images[start : start + CHUNK]).to(device))
            for start in range(0, len(images), CHUNK)
        ]
    return torch.cat(chunks)
