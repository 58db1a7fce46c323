"""Labels held out in turn: what a method decides on each by the others.

The decisions choose the L2 strength and calibrate the chances. Works on Gram matrices, so that
every fold and strength shares one. Knows nothing of how hyperplanes are found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from models.interfaces import Indices, NotEnoughClasses, Weights
from models.learners import calibration
from models.learners.planes import Array, Planes

FOLDS = 3
#: Most labels that are looked at; the final fit takes all.
VALIDATED = 400

#: Finds hyperplanes on a Gram matrix (n, n) for the classes and weights (n,) of its rows.
Solve = Callable[[Array, Indices, Weights], Planes]
#: Maps the sides of hyperplanes (n, m) to decisions (n, k).
Combine = Callable[[Array], Array]


@dataclass(frozen=True)
class HeldOut:
    """Labels dealt to folds, sorted by class; fold -1 is never held out."""

    rows: Indices
    classes: Indices
    folds: Indices
    weights: Weights

    @property
    def tried(self) -> range:
        """The folds to hold out: all or none."""
        return range(FOLDS if (self.folds >= 0).any() else 0)

    def decisions(self, gram: Array, solve: Solve, combine: Combine, *, fold: int) -> Array:
        """Decide on one fold by what the others teach: (held, k); the Gram matrix is (n, n)."""
        known, held = np.flatnonzero(self.folds != fold), np.flatnonzero(self.folds == fold)
        # Rows first, then columns: twice as fast as both at once.
        planes = solve(gram[known][:, known], self.classes[known], self.weights[known])
        return combine(planes.sides(gram[held][:, known]))

    def truth(self, fold: int) -> Indices:
        """Return the columns (held,) that the decisions on one fold should have found."""
        which = np.unique(self.classes, return_inverse=True)[1]
        chosen: Indices = which[self.folds == fold]
        return chosen

    def counting(self, fold: int) -> Weights:
        """Return how much each label of one fold counts (held,)."""
        chosen: Weights = self.weights[self.folds == fold]
        return chosen


def hold_out(
    classes: Indices,
    *,
    seed: int,
    weights: Weights | None = None,
    groups: Indices | None = None,
) -> HeldOut:
    """Deal the labels (n,) to folds, class by class; without weights all count the same.

    A class with fewer labels than folds keeps them, and nothing is held out unless two classes
    have labels enough for every fold. Rows that share one of the `groups` (n,), numbered from 0 on,
    are of one class and stay together.
    """
    firsts = np.arange(len(classes)) if groups is None else np.unique(groups, return_index=True)[1]
    rows = firsts[np.random.default_rng(seed).permutation(len(firsts))[:VALIDATED]]
    rows = rows[np.argsort(classes[rows], kind="stable")]
    _, which, counts = np.unique(classes[rows], return_inverse=True, return_counts=True)
    foldable = counts[which] >= FOLDS
    if (counts >= FOLDS).sum() < 2:
        foldable[:] = False
    folds = np.where(foldable, np.arange(len(rows)) % FOLDS, -1)
    if groups is not None:
        rows, folds = _joined(rows, folds, groups)
    return HeldOut(rows, classes[rows], folds, all_alike(classes, weights)[rows])


def _joined(rows: Indices, folds: Indices, groups: Indices) -> tuple[Indices, Indices]:
    """Put all rows of the groups of some rows (r,) into the folds (r,) of these, in their order."""
    place = np.full(groups.max() + 1, -1)
    place[groups[rows]] = np.arange(len(rows))
    places = place[groups]
    joined = np.argsort(places, kind="stable")[(places < 0).sum() :]
    return joined, folds[places[joined]]


def all_alike(classes: Indices, weights: Weights | None) -> Weights:
    """Return the weights of labels (n,); where there are none, each counts 1."""
    return np.ones(len(classes)) if weights is None else weights


def choose(
    held: HeldOut,
    decide: Callable[[float, int], Array],
    *,
    usual: float,
    others: Sequence[float] = (),
) -> tuple[float, float]:
    """Choose a strength by held-out errors, and the sharpness of its chances.

    `decide` maps a strength and a fold to decisions. The usual strength is left only for errors
    fewer by more than chance: their square root, about one standard deviation of a count. So a
    learner does not change its mind every round, and strengths that cannot win are not tried on.
    An error on a label counts what the label counts.
    """
    chosen, decisions = usual, [decide(usual, fold) for fold in held.tried]
    errors = sum(_wrong(each, held, fold) for fold, each in enumerate(decisions))
    fewest = errors - errors**0.5
    for other in others:
        tried, wrong = list[Array](), 0.0
        while len(tried) < len(held.tried) and wrong < fewest:
            tried.append(decide(other, len(tried)))
            wrong += _wrong(tried[-1], held, len(tried) - 1)
        if wrong < fewest:
            chosen, decisions, fewest = other, tried, wrong
    if not decisions:
        return chosen, calibration.USUAL_SHARPNESS
    truth = np.concatenate([held.truth(fold) for fold in held.tried])
    weights = np.concatenate([held.counting(fold) for fold in held.tried])
    return chosen, calibration.sharpness(np.concatenate(decisions), truth, weights)


def _wrong(decisions: Array, held: HeldOut, fold: int) -> float:
    return float(held.counting(fold)[decisions.argmax(axis=1) != held.truth(fold)].sum())


def require_classes(classes: Indices, count: int) -> Indices:
    """Return the classes that have labels (k,); raise `NotEnoughClasses` unless there are two."""
    present: Indices = np.unique(classes)
    if len(present) < 2:
        raise NotEnoughClasses(
            f"The learner has labels of {len(present)} of {count} classes and needs two."
        )
    return present
