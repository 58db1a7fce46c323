"""Hyperplanes, and the vectors they are fitted on. Knows nothing of losses or labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models.interfaces import Indices, Vectors

#: Decision of a class that was never labeled: below anything a labeled class can get.
NEVER = -1e6

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Planes:
    """Hyperplanes: slopes (m, d) and offsets (m,).

    On a Gram matrix (n, n) the slopes are (m, n), the share of each vector in each hyperplane.
    """

    slopes: Array
    offsets: Array

    def sides(self, vectors: Vectors | Array) -> Array:
        """Say where vectors (n, d) lie: (n, m), positive on the far side."""
        return np.asarray(vectors @ self.slopes.T + self.offsets, dtype=np.float64)

    def by_column(self, present: Indices, count: int) -> tuple[Tensor, Tensor]:
        """Give each class its hyperplane: weights (count, d), biases (count,).

        `present` (k,) are the classes that have labels; two share one hyperplane, as (-f, f), and
        a class without labels never wins.
        """
        offsets, biases = self.offsets, np.full(count, NEVER)
        biases[present] = np.concatenate([-offsets, offsets]) if len(present) == 2 else offsets
        return single(self.of_columns(present, count)), single(biases)

    def of_columns(self, present: Indices, count: int) -> Array:
        """Give each class the slopes (count, d) of its hyperplane; none without labels."""
        slopes = np.zeros((count, self.slopes.shape[1]))
        two = len(present) == 2
        slopes[present] = np.vstack([-self.slopes, self.slopes]) if two else self.slopes
        return slopes


def columns(sides: Array) -> Array:
    """Map the sides (n, m) of one-vs-rest hyperplanes to decisions (n, k): one side is mirrored."""
    return np.hstack([-sides, sides]) if sides.shape[1] == 1 else sides


@dataclass(frozen=True)
class Centered:
    """Vectors (n, d) moved and scaled to mean zero and mean squared length one."""

    vectors: Vectors
    center: Vectors  # (d,)
    scale: float

    @classmethod
    def of(cls, vectors: Vectors) -> Centered:
        """Move and scale vectors (n, d)."""
        center = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
        moved = vectors - center
        length = np.einsum("nd,nd->n", moved, moved).mean(dtype=np.float64)
        scale = max(float(np.sqrt(length)), 1e-12)
        moved /= np.float32(scale)
        return cls(moved, center, scale)

    def gram(self, rows: Indices | None = None) -> Array:
        """Return the inner products of some rows (r,), or of all: (r, r)."""
        chosen = self.vectors if rows is None else self.vectors[rows]
        return np.asarray(chosen @ chosen.T, dtype=np.float64)

    def combined(self, planes: Planes) -> Planes:
        """Turn shares of these vectors into hyperplanes on them."""
        slopes = planes.slopes.astype(np.float32) @ self.vectors
        return Planes(slopes.astype(np.float64), planes.offsets)

    def before(self, planes: Planes) -> Planes:
        """Turn hyperplanes on these vectors into hyperplanes on the original ones."""
        slopes = planes.slopes / self.scale
        return Planes(slopes, planes.offsets - slopes @ self.center)


def single(values: Array) -> Tensor:
    """Turn an array into a single-precision tensor of its own."""
    return torch.from_numpy(values.astype(np.float32))
