"""Pulls: the part of each label in a decision between two classes, exactly.

A hyperplane is a sum of the vectors it was fitted on, each with a share, so a decision is a sum
over labels. Knows nothing of losses, of images, or of how shares were found.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.interfaces import Indices, Vectors
from models.learners.planes import Array, Centered


@dataclass(frozen=True, eq=False)
class Taught:
    """What hyperplanes were fitted on, and the share (m, n) of each vector in each of them.

    Kept while a learner is warm; a checkpoint has no use for it.
    """

    centered: Centered
    shares: Array

    def pulls(self, vectors: Vectors, shares: Array) -> Array:
        """Split decisions on vectors (q, d): the part (q, n) of each vector that was fitted.

        `shares` (q, n) are of the hyperplane that decides on each. The parts of one decision add up
        to it but for a constant, which is the decision in the middle of all that was fitted.
        """
        moved = (vectors - self.centered.center) / self.centered.scale
        return np.asarray(shares * (moved @ self.centered.vectors.T), dtype=np.float64)


def between(learner: object, vectors: Vectors, sides: Indices) -> Array | None:
    """Return each label's part (q, n) in half the gap between two classes (q, 2) on vectors (q, d),
    positive towards the first class; None for a learner whose decisions are no such sums.
    """
    taught, shares_between = (getattr(learner, name, None) for name in ("taught", "shares_between"))
    if taught is None or shares_between is None:
        return None
    shares = np.stack([shares_between(int(first), int(second)) for first, second in sides])
    found: Array = taught.pulls(vectors, shares)
    return found
