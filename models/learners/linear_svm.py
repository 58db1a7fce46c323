"""Linear support vector machine with hinge loss, as in the paper; one-vs-rest or one-vs-one.

With a given strength it is scikit-learn's `LinearSVC` on the vectors as they are. Left to choose
its strength, it works on the Gram matrix of centered vectors, where every strength of the
cross-validation shares one matrix and a solution takes milliseconds. Knows nothing of images.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import combinations

import numpy as np
import torch

from models.interfaces import Checkpoint, Fact, Indices, Vectors
from models.learners import hinge, linear_learner, pairwise
from models.learners.held_out import Combine, HeldOut, Solve, choose, hold_out, require_classes
from models.learners.hinge import Task
from models.learners.linear_learner import LinearLearner
from models.learners.pairwise import PairwiseLearner
from models.learners.planes import Array, Centered, Planes, columns, single
from models.parts.learners import LinearSvmOptions

NAME = "linear_svm"
#: The L2 strength unless others clearly beat it, relative to the mean squared length of the
#: centered vectors. On digits and MNIST, pixels and features, it was best or within 0.01 of it.
USUAL = 1e-3
#: The strengths that may beat it, for clean and for noisy labels.
OTHERS = (1e-4, 1e-2)
#: Most labels whose Gram matrix is held (128 MB); with more, `LinearSVC` fits the vectors.
MOST_IN_GRAM = 4000
#: Lets the intercept of `LinearSVC` move almost freely beside vectors of about length one.
INTERCEPT_SCALING = 3.0

_Tasks = Callable[[Indices], list[Task]]


def fit(
    vectors: Vectors, classes: Indices, options: LinearSvmOptions, *, count: int, seed: int
) -> LinearLearner | PairwiseLearner:
    """Fit vectors (n, d) labeled with class indices (n,) of a project with `count` classes.

    Classes without labels get a column that never wins. Raises `NotEnoughClasses` unless two
    classes have labels.
    """
    present = require_classes(classes, count)
    # Two classes share one hyperplane either way.
    paired = options.several == "one_vs_one" and len(present) > 2
    tasks = hinge.one_vs_one if paired else hinge.one_vs_rest
    held = hold_out(classes, seed=seed)
    if options.strength:
        found = _given(vectors, classes, tasks, held, strength=options.strength, seed=seed)
    else:
        found = _validated(vectors, classes, tasks, held, seed=seed)
    facts = {**found.facts, "labels": len(classes), "classes": count}
    if not paired:
        return LinearLearner(NAME, *found.planes.by_column(present, count), facts)
    pairs = torch.from_numpy(np.array(list(combinations(present, 2)), dtype=np.int64))
    weights, biases = single(found.planes.slopes), single(found.planes.offsets)
    return PairwiseLearner(NAME, weights, biases, pairs, facts)


def load(checkpoint: Checkpoint, *, device: str = "cpu") -> LinearLearner | PairwiseLearner:
    """Load a learner; raises `CheckpointMismatch` for another part's checkpoint."""
    if "pairs" in checkpoint.tensors:
        return pairwise.load(checkpoint, name=NAME, device=device)
    return linear_learner.load(checkpoint, name=NAME, device=device)


@dataclass(frozen=True)
class _Found:
    planes: Planes
    facts: dict[str, Fact]


def _given(
    vectors: Vectors,
    classes: Indices,
    tasks: _Tasks,
    held: HeldOut,
    *,
    strength: float,
    seed: int,
) -> _Found:
    planes = hinge.on_vectors(
        vectors, tasks(classes), strength=strength, intercept_scaling=1.0, seed=seed
    )
    solve, combine = _solve(tasks, strength), _combine(held.classes, tasks)
    decisions = held.decisions(held.gram(vectors), solve, combine)
    return _Found(planes, {"strength": strength, "sharpness": held.sharpness(decisions)})


def _validated(
    vectors: Vectors, classes: Indices, tasks: _Tasks, held: HeldOut, *, seed: int
) -> _Found:
    centered, combine = Centered.of(vectors), _combine(held.classes, tasks)
    gram = held.gram(centered.vectors)

    def decide(strength: float) -> Array:
        return held.decisions(gram, _solve(tasks, strength), combine)

    relative, sharpness = choose(held, decide, usual=USUAL, others=OTHERS)
    planes = centered.before(_fit_centered(centered.vectors, tasks(classes), relative, seed))
    strength = relative * centered.scale**2
    return _Found(planes, {"strength": strength, "sharpness": sharpness})


def _solve(tasks: _Tasks, strength: float) -> Solve:
    return lambda gram, classes: hinge.on_gram(gram, tasks(classes), strength=strength)


def _combine(classes: Indices, tasks: _Tasks) -> Combine:
    present = len(np.unique(classes))
    if present < 3 or tasks is hinge.one_vs_rest:
        return columns
    pairs = np.array(list(combinations(range(present), 2)))
    return partial(pairwise.votes, table=pairwise.ballot(pairs, present))


def _fit_centered(vectors: Array, tasks: list[Task], strength: float, seed: int) -> Planes:
    if len(vectors) > MOST_IN_GRAM:
        return hinge.on_vectors(
            vectors, tasks, strength=strength, intercept_scaling=INTERCEPT_SCALING, seed=seed
        )
    return hinge.on_gram(vectors @ vectors.T, tasks, strength=strength).from_shares(vectors)
