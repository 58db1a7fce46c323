"""Labels held out in turn: what a method decides on each by the others.

The decisions choose the L2 strength and calibrate the chances. Works on Gram matrices, so that
every fold and strength shares one. Knows nothing of how hyperplanes are found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from models.interfaces import Indices, NotEnoughClasses, Vectors
from models.learners import calibration
from models.learners.planes import Array, Planes, columns

FOLDS = 3
#: Most labels that are looked at; the final fit takes all.
VALIDATED = 400

#: Finds hyperplanes on a Gram matrix (n, n) for the classes (n,) of its rows.
Solve = Callable[[Array, Indices], Planes]
#: Maps the sides of hyperplanes (n, m) to decisions (n, k).
Combine = Callable[[Array], Array]


@dataclass(frozen=True)
class HeldOut:
    """Labels dealt to folds, sorted by class; fold -1 is never held out."""

    rows: Indices
    classes: Indices
    folds: Indices

    def gram(self, vectors: Vectors | Array) -> Array:
        """Return the inner products of the rows looked at, out of vectors (n, d)."""
        chosen = vectors[self.rows].astype(np.float64)
        return np.asarray(chosen @ chosen.T)

    def decisions(self, gram: Array, solve: Solve, combine: Combine = columns) -> Array:
        """Decide on each fold by what the others teach: (held, k)."""
        decided = [np.zeros((0, len(np.unique(self.classes))))]
        for fold in range(FOLDS if (self.folds >= 0).any() else 0):
            known, held = self.folds != fold, self.folds == fold
            planes = solve(gram[np.ix_(known, known)], self.classes[known])
            decided.append(combine(planes.sides(gram[np.ix_(held, known)])))
        return np.concatenate(decided)

    def truth(self) -> Indices:
        """Return the columns (held,) that `decisions` should have found."""
        which = np.unique(self.classes, return_inverse=True)[1]
        return np.concatenate([which[self.folds == fold] for fold in range(FOLDS)])

    def errors(self, decisions: Array) -> int:
        """Count the decisions that are wrong."""
        return int((decisions.argmax(axis=1) != self.truth()).sum())

    def sharpness(self, decisions: Array) -> float:
        """Calibrate on the decisions."""
        return calibration.sharpness(decisions, self.truth())


def hold_out(classes: Indices, *, seed: int) -> HeldOut:
    """Deal the labels (n,) to folds, class by class.

    A class with fewer labels than folds keeps them, and nothing is held out unless two classes
    have labels enough for every fold.
    """
    rows = np.random.default_rng(seed).permutation(len(classes))[:VALIDATED]
    rows = rows[np.argsort(classes[rows], kind="stable")]
    _, which, counts = np.unique(classes[rows], return_inverse=True, return_counts=True)
    foldable = counts[which] >= FOLDS
    if (counts >= FOLDS).sum() < 2:
        foldable[:] = False
    folds = np.where(foldable, np.arange(len(rows)) % FOLDS, -1)
    return HeldOut(rows, classes[rows], folds)


def choose(
    held: HeldOut,
    decide: Callable[[float], Array],
    *,
    usual: float,
    others: Sequence[float],
) -> tuple[float, float]:
    """Choose a strength by held-out errors, and the sharpness of its chances.

    It leaves the usual one only for errors fewer by more than chance: their square root, about
    one standard deviation of a count. So a learner does not change its mind every round.
    """
    decisions = {each: decide(each) for each in (usual, *others)}
    errors = {each: held.errors(decided) for each, decided in decisions.items()}
    best = min(errors, key=lambda each: errors[each])
    clearly = errors[usual] - errors[best] > errors[usual] ** 0.5
    chosen = best if clearly else usual
    return chosen, held.sharpness(decisions[chosen])


def require_classes(classes: Indices, count: int) -> Indices:
    """Return the classes that have labels (k,); raise `NotEnoughClasses` unless there are two."""
    present: Indices = np.unique(classes)
    if len(present) < 2:
        raise NotEnoughClasses(
            f"The learner has labels of {len(present)} of {count} classes and needs two."
        )
    return present
