"""Linear support vector machine with hinge loss, as in the paper; one-vs-rest or one-vs-one.

It is solved by libsvm on the Gram matrix of the vectors, which every strength and fold of the
cross-validation shares, so that a solution takes milliseconds; with very many labels liblinear
solves it on the vectors. More than two classes may be told apart by least squares instead, in
closed form. Centering changes nothing but the speed, for the intercept is free. Knows nothing of
images.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from itertools import combinations

import numpy as np
import torch

from models.interfaces import Checkpoint, Fact, Indices, Vectors, Weights
from models.learners import hinge, least_squares, linear_learner, pairwise
from models.learners.held_out import (
    Combine,
    HeldOut,
    all_alike,
    choose,
    hold_out,
    require_classes,
)
from models.learners.linear_learner import LinearLearner
from models.learners.pairwise import PairwiseLearner
from models.learners.planes import Array, Centered, Planes, columns, single
from models.learners.pulls import Taught
from models.parts.learners import LinearSvmOptions

NAME = "linear_svm"
#: The L2 strength unless others clearly beat it, relative to the mean squared length of the
#: centered vectors. On digits and MNIST, pixels and features, it was best or within 0.01 of it.
USUAL = 1e-3
#: The strengths that may beat it, for clean and for noisy labels.
OTHERS = (1e-4, 1e-2)
#: For least squares, what |w|^2 weighs beside the sum of all errors: however many labels there are,
#: the same was best, on 100 labels of MNIST's ten classes and on 11,000 that they spread to.
RIDGE = 0.1
OTHER_RIDGES = (1.0, 0.01)
#: Most labels whose Gram matrix is held (128 MB); with more, liblinear fits the vectors.
MOST_IN_GRAM = 4000


def fit(
    vectors: Vectors,
    classes: Indices,
    options: LinearSvmOptions,
    *,
    count: int,
    seed: int,
    weights: Weights | None = None,
    groups: Indices | None = None,
) -> LinearLearner | PairwiseLearner:
    """Fit vectors (n, d) labeled with class indices (n,) of a project with `count` classes.

    Labels count by their weights (n,), all alike without; those of one group (n,) are held out
    together. Classes without labels get a column that never wins. Raises `NotEnoughClasses` unless
    two classes have labels.
    """
    present = require_classes(classes, count)
    centered = Centered.of(vectors)
    held = hold_out(classes, seed=seed, weights=weights, groups=groups)
    # Two classes share one hyperplane of least hinge loss either way.
    paired = options.several == "one_vs_one" and len(present) > 2
    squared = options.closed_form(len(present))
    counts = all_alike(classes, weights)
    problem = _Problem(centered, classes, counts, held, paired=paired, squared=squared)
    given = options.strength / centered.scale**2
    weight = float(counts.sum()) if squared else 1.0
    choices = (RIDGE, OTHER_RIDGES) if squared else (USUAL, OTHERS)
    usual, others = (given * weight, ()) if given else choices
    relative, sharpness = choose(held, problem.decide, usual=usual, others=others)
    planes, shares = problem.planes(relative)
    facts: dict[str, Fact] = {
        "strength": options.strength or relative / weight * centered.scale**2,
        "sharpness": sharpness,
        "labels": len(classes),
        "classes": count,
    }
    if not paired:
        taught = None if shares is None else Taught(centered, shares.of_columns(present, count))
        return LinearLearner(NAME, *planes.by_column(present, count), facts, taught)
    pairs = torch.from_numpy(np.array(list(combinations(present, 2)), dtype=np.int64))
    taught = None if shares is None else Taught(centered, shares.slopes)
    flat = single(planes.slopes), single(planes.offsets)
    return PairwiseLearner(NAME, *flat, pairs, facts, taught)


def load(checkpoint: Checkpoint, *, device: str = "cpu") -> LinearLearner | PairwiseLearner:
    """Load a learner; raises `CheckpointMismatch` for another part's checkpoint."""
    if "pairs" in checkpoint.tensors:
        return pairwise.load(checkpoint, name=NAME, device=device)
    return linear_learner.load(checkpoint, name=NAME, device=device)


@dataclass(frozen=True)
class _Problem:
    """What is to be solved, for any strength; for least squares that is their ridge."""

    centered: Centered
    classes: Indices
    weights: Weights
    held: HeldOut
    paired: bool
    squared: bool

    @cached_property
    def gram(self) -> Array:
        """Inner products of all vectors."""
        return self.centered.gram()

    @property
    def in_gram(self) -> bool:
        """Whether the Gram matrix of all vectors is the cheaper way."""
        count, dimension = self.centered.vectors.shape
        return bool(count <= (min(MOST_IN_GRAM, dimension) if self.squared else MOST_IN_GRAM))

    @cached_property
    def held_gram(self) -> Array:
        """Inner products of the vectors that are held out in turn."""
        rows = self.held.rows
        if not self.in_gram:
            return self.centered.gram(rows)
        return self.gram[np.ix_(rows, rows)]

    @cached_property
    def combine(self) -> Combine:
        """How the sides of hyperplanes become decisions on what is held out."""
        present = len(np.unique(self.held.classes))
        if present < 3 or not self.paired:
            return columns
        pairs = np.array(list(combinations(range(present), 2)))
        return partial(pairwise.votes, table=pairwise.ballot(pairs, present))

    def decide(self, strength: float, fold: int) -> Array:
        """Decide on one fold by what the others teach."""
        solve = partial(self._solve, strength=strength)
        return self.held.decisions(self.held_gram, solve, self.combine, fold=fold)

    def planes(self, strength: float) -> tuple[Planes, Planes | None]:
        """Find the hyperplanes on the original vectors that all labels teach, and the share of each
        label in them; None where liblinear keeps it to itself.
        """
        if self.in_gram:
            shares = self._solve(self.gram, self.classes, self.weights, strength)
            return self.centered.before(self.centered.combined(shares)), shares
        given = self.centered.vectors, self.classes, self.weights
        if self.squared:
            found = least_squares.on_vectors(*given, ridge=strength)
            return self.centered.before(found), least_squares.shares(found, *given, ridge=strength)
        tasks = hinge.one_vs_one if self.paired else hinge.one_vs_rest
        found = hinge.on_centered(
            self.centered.vectors, tasks(self.classes), self.weights, strength=strength
        )
        return self.centered.before(found), None

    def _solve(self, gram: Array, classes: Indices, weights: Weights, strength: float) -> Planes:
        if self.squared and len(np.unique(classes)) > 2:
            return least_squares.on_gram(gram, classes, weights, ridge=strength)
        if self.paired and len(np.unique(classes)) > 2:
            return hinge.pairs_on_gram(gram, classes, weights, strength=strength)
        return hinge.on_gram(gram, hinge.one_vs_rest(classes), weights, strength=strength)
