"""Boundaries: how far latents are from where the learner cannot decide.

With two classes there is one boundary, |f| = 0. With more there are three views of it: the two best
classes tie; one class ends (one-vs-rest); two given classes tie (one-vs-one). In the last two,
every latent has a side of its own to search, so that the classes share the searches evenly. Knows
nothing of how latents are moved.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import torch
from torch import Tensor

from models.interfaces import Features, Generator, Indices, Learner, Vectors

#: Maps latents (n, z) to distances from the boundary (n,), differentiably.
Boundary = Callable[[Tensor], Tensor]
#: Maps rows (m,) of a search to the boundary for them, so that those that arrived can be left out.
BoundaryOfRows = Callable[[Indices], Boundary]


def boundary(
    generator: Generator, features: Features, learner: Learner, sides: Indices | None = None
) -> Boundary:
    """Join the three parts into the distance from the boundary: never negative, in margins.

    Without sides it is half the gap between the two best classes. Sides (n, 1) give the distance
    from where that class ends, |f|; sides (n, 2) half the gap between those two classes. A search
    with sides takes as many latents as there are sides.
    """

    def distance(latents: Tensor) -> Tensor:
        decisions = learner.forward(features.forward(generator.generate(latents)))
        return gaps(decisions, sides)

    return distance


def boundary_of_rows(
    generator: Generator, features: Features, learner: Learner, sides: Indices | None = None
) -> BoundaryOfRows:
    """Join the three parts as `boundary` does, for whichever rows of a search are looked at."""

    def distance(rows: Indices) -> Boundary:
        mine = None if sides is None else sides[rows]
        return boundary(generator, features, learner, mine)

    return distance


def gaps(decisions: Tensor, sides: Indices | None = None) -> Tensor:
    """Map decisions (n, k) to distances (n,) from the boundary, as `boundary` tells."""
    if sides is None:
        best, second = decisions.topk(2, dim=1).values.unbind(dim=1)
        gap: Tensor = (best - second) / 2
        return gap
    chosen = decisions.gather(1, torch.from_numpy(sides).to(decisions.device))
    if sides.shape[1] == 1:
        return chosen[:, 0].abs()
    return (chosen[:, 0] - chosen[:, 1]).abs() / 2


def every_side(kind: str, classes: int) -> Indices | None:
    """List the sides of a boundary: classes (k, 1), pairs (k (k - 1) / 2, 2), or None for
    `best_two`, and for two classes, where all three are one.
    """
    if kind == "best_two" or classes == 2:
        return None
    if kind == "one_vs_rest":
        return np.arange(classes, dtype=np.int64)[:, None]
    return np.array(list(combinations(range(classes), 2)), dtype=np.int64)


def shared_out(sides: Indices | None, count: int, rng: np.random.Generator) -> Indices | None:
    """Give each of `count` searches a side (count, 1 or 2): all sides equally often, but for one,
    in random order.
    """
    if sides is None:
        return None
    rounds = -(-count // len(sides))
    orders = [rng.permutation(len(sides)) for _ in range(rounds)]
    mine: Indices = sides[np.concatenate([np.empty(0, np.int64), *orders])[:count]]
    return mine


def doubt(decisions: Vectors, side: Indices) -> Vectors:
    """Map decisions (n, k) to how far each row (n,) is from doubt about one side (1 or 2,).

    For a class it is |f|. For a pair it is half the gap between the best class of all and the worse
    of the two: where a third class wins, the image is not in doubt between them.
    """
    if len(side) == 1:
        return np.abs(decisions[:, side[0]])
    far: Vectors = (decisions.max(axis=1) - decisions[:, side].min(axis=1)) / 2
    return far
