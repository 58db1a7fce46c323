"""Anchors: real images that a generator without a network works from, one picked by each latent.

The first number of a latent picks: it is compared with quantiles of the normal distribution, so
that each anchor is as likely as any other, and the comparison is the same on every processor.
Knows nothing of what is done to the image picked.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from models.coarse import coarse
from models.interfaces import CheckpointMismatch, Generator, Images, ImageShape, to_bytes
from models.neighbors import distances
from models.training import SAMPLES

#: Most anchors, and most bytes of them; more would make checkpoints heavy, not queries better.
MOST = 4096
MOST_BYTES = 64 * 2**20


def drawn(images: Images, *, seed: int) -> Images:
    """Draw the images (n, c, h, w) that become anchors, in the pool's order."""
    count = min(len(images), MOST, max(1, MOST_BYTES // ImageShape.of(images).pixels))
    random = torch.Generator().manual_seed(seed)
    rows = torch.randperm(len(images), generator=random)[:count].sort().values.numpy()
    return np.ascontiguousarray(images[rows])


def samples(part: Generator, *, seed: int) -> Images:
    """Draw what the lead is shown of a generator, (64, c, h, w)."""
    random = torch.Generator().manual_seed(seed)
    return to_bytes(part.generate(torch.randn(SAMPLES, part.latent_size, generator=random)))


class Anchors:
    """Images (m, c, h, w) of `uint8`, and how a latent picks one."""

    def __init__(self, images: Images) -> None:
        self.images = torch.from_numpy(images)
        self._coarse = coarse(images)
        count = len(images)
        parts = torch.arange(1, 2 * count, dtype=torch.float64) / (2 * count)
        quantiles = torch.special.ndtri(parts).to(torch.float32)
        #: Latents that pick each anchor most surely, (m,), and the limits between them, (m - 1,).
        self._middles, self._limits = quantiles[::2], quantiles[1::2].contiguous()

    @classmethod
    def kept(cls, images: Tensor, shape: ImageShape) -> Anchors:
        """Take anchors out of a checkpoint, or raise `CheckpointMismatch`."""
        if images.dtype != torch.uint8 or ImageShape.of(images.numpy()) != shape:
            raise CheckpointMismatch("The saved anchors are of another image size.")
        return cls(images.numpy())

    def __len__(self) -> int:
        return len(self.images)

    def rows(self, picks: Tensor) -> Tensor:
        """Map the first numbers of latents (n,) to rows of anchors (n,)."""
        return torch.bucketize(picks.detach().contiguous(), self._limits.to(picks.dtype))

    def picks(self, rows: Tensor) -> Tensor:
        """Map rows of anchors (n,) to the first numbers of latents (n,)."""
        picks: Tensor = self._middles[rows]
        return picks

    def unit(self, rows: Tensor, kind: torch.dtype) -> Tensor:
        """Return anchors by row (n,) as unit images (n, c, h, w)."""
        return self.images[rows].to(kind) / 255

    def nearest(self, images: Tensor) -> Tensor:
        """Map unit images (n, c, h, w) to rows (n,) of the anchors nearest in pooled pixels."""
        near = distances(coarse(to_bytes(images)), self._coarse).argmin(axis=1)
        return torch.from_numpy(near)

    def neighbors(self, count: int) -> Tensor:
        """Return rows (m, count) of the anchors nearest to each, itself left out."""
        found = []
        for start in range(0, len(self), 512):
            apart = distances(self._coarse[start : start + 512], self._coarse)
            rows = np.arange(len(apart))
            apart[rows, start + rows] = np.inf
            found.append(np.argsort(apart, axis=1, kind="stable")[:, :count])
        return torch.from_numpy(np.concatenate(found))
