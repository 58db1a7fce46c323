"""The learning curve as plain values: accuracy on the holdout, its interval, its change.

Knows nothing of tables, requests or drawing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from models.stopping import Agreement

#: Standard deviations on each side of a 95 % interval.
_Z = 1.959963984540054


@dataclass(frozen=True)
class Accuracy:
    """A share of holdout images judged rightly, with its 95 % interval."""

    right: int
    count: int

    @property
    def value(self) -> float:
        """The share itself."""
        return self.right / self.count

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval (Wilson 1927): honest near 0 and 1 and for small holdouts."""
        square = _Z * _Z / self.count
        middle = (self.value + square / 2) / (1 + square)
        spread = sqrt(self.value * (1 - self.value) / self.count + square / (4 * self.count))
        reach = _Z / (1 + square) * spread
        return max(0.0, middle - reach), min(1.0, middle + reach)


@dataclass(frozen=True)
class Point:
    """One round on the curve: what had been answered when its learner was fitted."""

    number: int
    answers: int
    labeled: int = 0
    refused: int = 0
    right: int | None = None
    count: int | None = None
    #: How alike this learner and the one before it judge the same real images; None untold.
    agreement: Agreement | None = None

    @property
    def accuracy(self) -> Accuracy | None:
        """What the holdout said, if it was asked."""
        if self.right is None or not self.count:
            return None
        return Accuracy(self.right, self.count)


@dataclass(frozen=True)
class Change:
    """How far accuracy moved between two rounds."""

    by: float
    answers: int


def measured(points: Sequence[Point]) -> list[Point]:
    """Keep the points that have an accuracy, in the order of their rounds."""
    return sorted((point for point in points if point.accuracy), key=lambda point: point.number)


def change_over(points: Sequence[Point], answers: int) -> Change | None:
    """Compare the newest accuracy with the one at least so many answers ago, or return None."""
    known = measured(points)
    if not known:
        return None
    newest = known[-1]
    earlier = [point for point in known if point.answers <= newest.answers - answers]
    if not earlier or not newest.accuracy or not earlier[-1].accuracy:
        return None
    by = newest.accuracy.value - earlier[-1].accuracy.value
    return Change(by, newest.answers - earlier[-1].answers)


def thin(points: Sequence[Point], limit: int) -> list[Point]:
    """Keep at most `limit` points, evenly over the rounds, the first and the newest included."""
    if len(points) <= limit:
        return list(points)
    step = (len(points) - 1) / (limit - 1)
    return [points[round(place * step)] for place in range(limit)]
