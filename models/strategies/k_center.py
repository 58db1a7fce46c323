"""Greedy k-center (core-set; Sener and Savarese 2018, arXiv 1708.00489): each time the real image
furthest from everything asked so far.
"""

from __future__ import annotations

import numpy as np

from models.interfaces import Indices, QueryBatch, Situation, Vectors
from models.parts.pool_strategies import KCenterOptions
from models.strategies.pool_batches import chosen_first
from models.strategies.pool_rows import Drawn, chunks, draw

#: Asked vectors that distances are taken to at once.
ASKED_AT_ONCE = 512


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

    Returns their places (m,) and their distances (m,) when chosen; the first one of equals wins.
    """
    count = min(count, len(drawn))
    squares = drawn.over(lambda vectors: np.einsum("nd,nd->n", vectors, vectors))
    nearest = np.full(len(drawn), np.inf, dtype=np.float32)
    for start in range(0, len(asked), ASKED_AT_ONCE):
        _approach(nearest, drawn, squares, asked[start : start + ASKED_AT_ONCE])
    chosen = np.empty(count, dtype=np.int64)
    apart = np.empty(count, dtype=np.float32)
    for number in range(count):
        first = number == 0 and len(asked) == 0
        place = _most_central(drawn, squares) if first else int(nearest.argmax())
        chosen[number], apart[number] = place, np.sqrt(max(nearest[place], 0))
        _approach(nearest, drawn, squares, drawn.vector(place)[None])
        nearest[place] = -1  # Below any distance, so that none is chosen twice.
    return chosen, apart


def _approach(nearest: Vectors, drawn: Drawn, squares: Vectors, centers: Vectors) -> None:
    """Lower squared distances (n,) to those from the nearest of centers (c, d), in place."""
    lengths = (centers**2).sum(axis=1)

    def least(vectors: Vectors) -> Vectors:
        closest: Vectors = (lengths - 2 * (vectors @ centers.T)).min(axis=1)
        return closest

    closer = np.maximum(squares + drawn.over(least), 0)
    np.minimum(nearest, closer, out=nearest)


def _most_central(drawn: Drawn, squares: Vectors) -> int:
    total = sum(chunk.sum(axis=0, dtype=np.float64) for chunk in chunks(drawn.vectors))
    middle = (total / len(drawn.vectors)).astype(np.float32)
    return int((squares - 2 * drawn.over(lambda vectors: vectors @ middle)).argmin())


def build(options: KCenterOptions) -> KCenter:
    """Build the strategy."""
    return KCenter(options)
