"""Hyperplanes of least hinge loss (Cortes and Vapnik 1995), by libsvm and liblinear.

Several classes are told apart by tasks of two sides each: every class against the rest, or every
class against every other. Knows nothing of strengths being chosen, of images or of learners.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC, _libsvm

from models.interfaces import Indices, Vectors, Weights
from models.learners.held_out import all_alike
from models.learners.planes import Array, Planes

#: A solution's worst violation of optimality, in margins.
TOLERANCE = 1e-3
#: Lets liblinear's intercept move almost freely beside vectors of about length one.
INTERCEPT_SCALING = 3.0


@dataclass(frozen=True)
class Task:
    """Rows (t,) to tell apart, and which of them (t,) lie on the far side."""

    rows: Indices
    far: NDArray[np.bool_]


def one_vs_rest(classes: Indices) -> list[Task]:
    """Set every class (n,) that has labels against the rest; two classes are one task."""
    present, rows = np.unique(classes), np.arange(len(classes))
    return [Task(rows, classes == one) for one in (present if len(present) > 2 else present[1:])]


def one_vs_one(classes: Indices) -> list[Task]:
    """Set every class (n,) that has labels against every later one, which is the far side."""
    tasks = []
    for near, far in combinations(np.unique(classes), 2):
        rows = np.flatnonzero((classes == near) | (classes == far))
        tasks.append(Task(rows, classes[rows] == far))
    return tasks


def on_gram(gram: Array, tasks: list[Task], weights: Weights, *, strength: float) -> Planes:
    """Solve tasks on a Gram matrix (n, n); C = 1 / (t strength) for a task of t rows.

    Rows count by their weights (n,), and t is the sum of those: the loss is their weighted mean.
    """
    shares, offsets = np.zeros((len(tasks), len(gram))), np.zeros(len(tasks))
    for index, task in enumerate(tasks):
        part = gram if len(task.rows) == len(gram) else gram[np.ix_(task.rows, task.rows)]
        counts = weights[task.rows]
        support, coefficients, intercepts = _solved(
            part, task.far.astype(int), counts, counts.sum() * strength
        )
        # libsvm holds the first class to be the near side.
        shares[index, task.rows[support]] = -coefficients[0]
        offsets[index] = -intercepts[0]
    return Planes(shares, offsets)


def pairs_on_gram(
    gram: Array, classes: Indices, weights: Weights | None = None, *, strength: float
) -> Planes:
    """Solve the tasks of `one_vs_one` in one go, with one C for all: that of the mean task."""
    tasks, counts = one_vs_one(classes), all_alike(classes, weights)
    mean = float(np.mean([counts[task.rows].sum() for task in tasks]))
    present, places = np.unique(classes, return_inverse=True)
    support, coefficients, intercepts = _solved(gram, places, counts, mean * strength)
    owner = places[support]
    shares = np.zeros((len(tasks), len(gram)))
    for index, (near, far) in enumerate(combinations(range(len(present)), 2)):
        # As libsvm lays them out: a row per class other than the vector's own.
        for own, row in ((near, far - 1), (far, near)):
            mine = owner == own
            shares[index, support[mine]] = -coefficients[row, mine]
    return Planes(shares, -intercepts)


def on_centered(
    vectors: Vectors, tasks: list[Task], weights: Weights, *, strength: float
) -> Planes:
    """Solve tasks on centered vectors (n, d) of about length one, the intercept almost free."""
    slopes, offsets = np.zeros((len(tasks), vectors.shape[1])), np.zeros(len(tasks))
    for index, task in enumerate(tasks):
        machine = LinearSVC(
            loss="hinge",
            C=1 / (weights[task.rows].sum() * strength),
            intercept_scaling=INTERCEPT_SCALING,
            random_state=0,
        )
        with warnings.catch_warnings():
            # The last digits of a barely regularized solution are not worth more steps.
            warnings.simplefilter("ignore", ConvergenceWarning)
            machine.fit(vectors[task.rows], task.far, sample_weight=weights[task.rows])
        slopes[index], offsets[index] = machine.coef_[0], machine.intercept_[0]
    return Planes(slopes, offsets)


def _solved(
    gram: Array, classes: Indices, counts: Weights, weight: float
) -> tuple[Indices, Array, Array]:
    """Return libsvm's support rows (s,), their coefficients (k - 1, s) and its intercepts.

    `SVC` asks libsvm the same (`tests/models/learners/test_hinge.py` holds this to it), but what it
    looks at before takes several times as long as the solution on a few hundred labels.
    """
    _libsvm.set_verbosity_wrap(0)
    support, _, _, coefficients, intercepts, *_ = _libsvm.fit(
        np.ascontiguousarray(gram, np.float64),
        classes.astype(np.float64),
        kernel="precomputed",
        C=1 / weight,
        tol=TOLERANCE,
        sample_weight=np.ascontiguousarray(counts, np.float64),
    )
    return support, coefficients, intercepts
