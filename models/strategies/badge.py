"""BADGE (Ash et al. 2020, arXiv 1906.03671): real images whose gradients are long and differ.

The gradient of a linear learner at its own guess is an outer product, (p - e_guess) x, so lengths
and inner products of gradients are products of those of the two small parts. Nothing of the size
classes times dimension is ever made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.interfaces import Indices, QueryBatch, Situation, Vectors
from models.parts.pool_strategies import BadgeOptions
from models.strategies.pool_batches import chosen_first, require_learner
from models.strategies.pool_rows import Drawn, draw

#: Draws that may fail before all distances are brought up to date, which costs as much as hundreds.
PATIENCE = 128


class Badge:
    """Samples among gradients as k-means++ does; implements `Strategy`."""

    def __init__(self, options: BadgeOptions) -> None:
        self._options = options

    def pose(self, situation: Situation, count: int, *, seed: int) -> QueryBatch:
        """Pose a sample; the utility is the squared distance to the nearest gradient chosen
        before, and of the first its squared length.
        """
        learner = require_learner(situation)
        drawn = draw(situation, max(self._options.sample, count), seed=seed)
        chances: Vectors = drawn.over(learner.chances)
        gradients = Gradients.of(drawn, chances)
        chosen, apart = spread(gradients, count, rng=np.random.default_rng(seed))
        return chosen_first(situation, drawn.rows, chosen, apart, count=count)


@dataclass(frozen=True)
class Gradients:
    """Gradients of n candidates as outer products of `residuals` (n, k) and vectors (n, d)."""

    drawn: Drawn
    residuals: NDArray[np.float64]
    #: Squared lengths (n,).
    squares: NDArray[np.float64]

    @classmethod
    def of(cls, drawn: Drawn, chances: Vectors) -> Gradients:
        """Take the gradients of the log-loss by the weights, each at its own likeliest class."""
        residuals = chances.astype(np.float64)
        residuals[np.arange(len(residuals)), chances.argmax(axis=1)] -= 1
        lengths = drawn.over(lambda vectors: np.einsum("nd,nd->n", vectors, vectors))
        return cls(drawn, residuals, (residuals**2).sum(axis=1) * lengths)

    def __len__(self) -> int:
        return len(self.squares)

    def nearest(self, place: int, others: list[int]) -> float:
        """Return the squared distance of one gradient to the nearest of some others."""
        vectors = np.stack([self.drawn.vector(each) for each in others])
        inner = self.residuals[others] @ self.residuals[place]
        inner *= vectors @ self.drawn.vector(place)
        return max(0.0, float((self.squares[others] + self.squares[place] - 2 * inner).min()))

    def squared_distances(self, place: int) -> NDArray[np.float64]:
        """Return the squared distances (n,) of all gradients to one of them."""
        vector = self.drawn.vector(place)
        inner = self.residuals @ self.residuals[place]
        inner *= self.drawn.over(lambda vectors: vectors @ vector)
        apart: NDArray[np.float64] = np.maximum(self.squares + self.squares[place] - 2 * inner, 0)
        apart[place] = 0
        return apart


def spread(
    gradients: Gradients, count: int, *, rng: np.random.Generator
) -> tuple[Indices, Vectors]:
    """Choose up to `count` gradients: the longest first, then by chance in proportion to the
    squared distance to the nearest chosen one (k-means++; Arthur and Vassilvitskii 2007).

    Returns their places (m,), fewer when no other gradient differs, and the squared distances (m,).
    """
    longest = float(gradients.squares.max(initial=0.0))
    if longest == 0 or count == 0:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    cover, apart = _Cover(gradients, int(gradients.squares.argmax())), [longest]
    while len(apart) < count and (farther := cover.draw(rng)) is not None:
        apart.append(farther)
    return np.array(cover.chosen, dtype=np.int64), np.array(apart, dtype=np.float32)


class _Cover:
    """Squared distances (n,) of all gradients to the nearest one chosen, as far as they matter.

    Distances only shrink as more are chosen, so an old one is an upper bound. Who is drawn by the
    bounds is kept with the chance that the distance has in its bound, else drawn again: the same
    as drawing by the distances (rejection sampling, as by Cohen-Addad et al. 2020).
    """

    def __init__(self, gradients: Gradients, first: int) -> None:
        self._gradients, self.chosen = gradients, [first]
        self._bounds = gradients.squared_distances(first)
        #: How many of the chosen every bound knows.
        self._known = 1

    def draw(self, rng: np.random.Generator) -> float | None:
        """Choose one more and return its distance, or None when no other differs."""
        while (total := self._bounds.cumsum())[-1] > 0:
            for _ in range(PATIENCE):
                place = int(np.searchsorted(total, rng.uniform(0, total[-1]), side="right"))
                apart = self._apart(place)
                if rng.uniform(0, self._bounds[place]) < apart:
                    self.chosen.append(place)
                    self._bounds[place] = 0
                    return apart
            self._catch_up()
        return None

    def _apart(self, place: int) -> float:
        known = self._known == len(self.chosen)
        return float(self._bounds[place]) if known else self._gradients.nearest(place, self.chosen)

    def _catch_up(self) -> None:
        for place in self.chosen[self._known :]:
            away = self._gradients.squared_distances(place)
            self._bounds = np.minimum(self._bounds, away)
        self._known = len(self.chosen)


def build(options: BadgeOptions) -> Badge:
    """Build the strategy."""
    return Badge(options)
