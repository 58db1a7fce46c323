"""Greedy k-center (core-set; Sener and Savarese 2018, arXiv 1708.00489): each time the real image
furthest from everything asked so far.

Sums and products are torch's, which has all its threads make both.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch.nn.functional import conv2d
from torch.utils.dlpack import from_dlpack

from models.interfaces import Indices, QueryBatch, Situation, Vectors
from models.parts.pool_strategies import KCenterOptions
from models.strategies.pool_batches import chosen_first
from models.strategies.pool_rows import Drawn, chunks, draw, over_rows

#: Asked vectors that every candidate is compared with.
FIRST = 32
#: Distances that are brought up to date first: the largest of them is a floor for the others.
FEW = 8
#: Centers that what may still be the furthest is compared with at once.
BLOCK = 64
#: Stands for comparisons that are never needed.
DONE = np.iinfo(np.int64).max


class KCenter:
    """Covers the pool; implements `Strategy`."""

    def __init__(self, options: KCenterOptions) -> None:
        self._options = options

    def pose(self, situation: Situation, count: int, *, seed: int) -> QueryBatch:
        """Pose the furthest in turn; the utility is the distance to the nearest asked vector.

        When nothing was asked yet, the first is the one nearest to the middle of the pool.
        """
        drawn = draw(situation, max(self._options.sample, count), seed=seed)
        chosen, apart = greedy_centers(drawn, situation.asked_vectors, count)
        return chosen_first(situation, drawn.rows, chosen, apart, count=count)


def greedy_centers(drawn: Drawn, asked: Vectors, count: int) -> tuple[Indices, Vectors]:
    """Choose up to `count` of the drawn (n,), each the furthest from asked (a, d) and those chosen.

    Returns their places (m,) and their distances (m,) when chosen; of equals any may win.
    """
    count = min(count, len(drawn))
    chosen = np.empty(count, dtype=np.int64)
    apart = np.empty(count, dtype=np.float32)
    cover = _Cover(drawn, asked)
    for number in range(count):
        first = number == 0 and len(asked) == 0
        place = _most_central(drawn, cover.squares) if first else cover.furthest()
        chosen[number], apart[number] = place, np.sqrt(cover.nearest[place])
        cover.add(place)
    return chosen, apart


class _Cover:
    """Squared distances (n,) of the drawn to the nearest center, as far as they matter.

    Distances only shrink as centers are added, so an old one is an upper bound, and is brought up
    to date only where it may be the largest. That chooses the same as updating all (Minoux 1978).
    """

    def __init__(self, drawn: Drawn, asked: Vectors) -> None:
        self._drawn, self._centers = drawn, asked
        nearer = _nearer(asked[:FIRST])
        both = drawn.over(lambda vectors: np.stack([_squares(vectors), nearer(vectors)], axis=1))
        self.squares = both[:, 0]
        self.nearest = np.maximum(both.sum(axis=1), 0)
        #: How many of the centers each of the drawn was compared with.
        self._compared = np.full(len(drawn), len(asked[:FIRST]))

    def furthest(self) -> int:
        """Return the place of the largest distance."""
        count, floor = len(self._centers), self._floor()
        old = np.flatnonzero(self.nearest >= floor)
        while len(old := old[(self._compared[old] < count) & (self.nearest[old] >= floor)]):
            self._compare(old, min(count, int(self._compared[old].min()) + BLOCK))
        return int(self.nearest.argmax())

    def add(self, place: int) -> None:
        """Make one of the drawn a center, which is never the furthest again."""
        self._centers = np.concatenate([self._centers, self._drawn.vector(place)[None]])
        self.nearest[place], self._compared[place] = -1, DONE

    def _floor(self) -> float:
        """Bring the few largest distances up to date, and return the largest of them: nothing below
        it can be the furthest.
        """
        few, count = min(FEW, len(self.nearest)), len(self._centers)
        top = np.sort(np.argpartition(self.nearest, -few)[-few:])
        if len(old := top[self._compared[top] < count]):
            self._compare(old, count)
        return float(self.nearest[top].max())

    def _compare(self, places: Indices, count: int) -> None:
        """Compare some of the drawn with those of the first `count` centers that they lack."""
        nearer = _nearer(self._centers[self._compared[places].min() : count])
        closer = over_rows(self._drawn.vectors, self._drawn.places[places], nearer)
        closer = np.maximum(closer + self.squares[places], 0)
        self.nearest[places] = np.minimum(self.nearest[places], closer)
        self._compared[places] = np.maximum(self._compared[places], count)


def _nearer(centers: Vectors) -> Callable[[Vectors], Vectors]:
    """Return what maps vectors (n, d) to squared distances (n,) to the nearest of centers (c, d),
    less the vector's own square; infinite without centers.
    """
    weights = -2 * from_dlpack(centers)[:, :, None, None].to(memory_format=torch.channels_last)
    lengths = from_dlpack(_squares(centers))

    def least(vectors: Vectors) -> Vectors:
        if min(len(centers), len(vectors)) == 0:
            return np.full(len(vectors), np.inf, dtype=np.float32)
        # Vectors below each other are an image (1, d, n, 1), channels last. Weighing each of its
        # pixels is a product of matrices, and oneDNN's takes two thirds of the time of `addmm`.
        image = from_dlpack(vectors).T[None, :, :, None]
        closest: Vectors = conv2d(image, weights, lengths)[0, :, :, 0].T.amin(dim=1).numpy()
        return closest

    return least


def _squares(vectors: Vectors) -> Vectors:
    lengths: Vectors = torch.linalg.vector_norm(from_dlpack(vectors), dim=1).square_().numpy()
    return lengths


def _most_central(drawn: Drawn, squares: Vectors) -> int:
    total = sum(chunk.sum(axis=0, dtype=np.float64) for chunk in chunks(drawn.vectors))
    middle = (total / len(drawn.vectors)).astype(np.float32)
    return int((squares - 2 * drawn.over(lambda vectors: vectors @ middle)).argmin())


def build(options: KCenterOptions) -> KCenter:
    """Build the strategy."""
    return KCenter(options)
