"""Comparisons: pairs of real images of which people say which one shows a class more.

Near the boundary a person tells more easily which of two images is more of a class than where the
class ends; each answer bounds the slope of a linear learner (Joachims 2002). Knows nothing of
annotators or storage.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.interfaces import Indices, Situation, Vectors
from models.neighbors import distances
from models.strategies.pool_batches import best_first, decisions_of_rows

#: Images nearest to the boundary that are looked at for each pair wanted.
CANDIDATES = 8


@dataclass(frozen=True)
class Comparison:
    """Two pool rows, the class that is asked about, and the class on the boundary's other side;
    `margin` is the smaller one of both images.
    """

    rows: tuple[int, int]
    asked: int
    against: int
    margin: float


def pose(situation: Situation, count: int, *, seed: int) -> list[Comparison]:
    """Pose at most `count` pairs of images that the learner is unsure of, between the same classes.

    The image nearest to the boundary is compared with the most different one among others near the
    same boundary, because their difference says most about its direction. Which of the two comes
    first is drawn. Poses fewer where there are too few candidates. Raises `PartMissing` without a
    learner.
    """
    decided = decisions_of_rows(situation, situation.candidates)
    order = np.argsort(-decided, axis=1, kind="stable")[:, :2]  # the two best classes
    best = np.take_along_axis(decided, order, axis=1)
    margins = np.asarray((best[:, 0] - best[:, 1]) / 2, dtype=np.float32)
    near = best_first(-margins, CANDIDATES * count)[: CANDIDATES * count]
    rng = np.random.default_rng(seed)
    return [
        _comparison(situation.candidates, margins, order, one, other, rng)
        for one, other in _partners(situation, near, np.sort(order, axis=1), count)
    ]


def _partners(
    situation: Situation, near: Indices, between: Indices, count: int
) -> list[tuple[int, int]]:
    """Join places of candidates, each with the farthest one left that lies between its classes."""
    left: list[int] = near.tolist()
    joined: list[tuple[int, int]] = []
    while left and len(joined) < count:
        one = left.pop(0)
        others = [each for each in left if (between[each] == between[one]).all()]
        if not others:
            continue
        vectors = situation.pool_vectors[situation.candidates[[one, *others]]]
        other = others[int(distances(vectors[:1], vectors[1:]).argmax())]
        left.remove(other)
        joined.append((one, other))
    return joined


def _comparison(
    candidates: Indices,
    margins: Vectors,
    order: Indices,
    one: int,
    other: int,
    rng: np.random.Generator,
) -> Comparison:
    first, second = (one, other) if rng.random() < 0.5 else (other, one)
    asked, against = order[one]
    return Comparison(
        (int(candidates[first]), int(candidates[second])),
        int(asked),
        int(against),
        float(min(margins[one], margins[other])),
    )
