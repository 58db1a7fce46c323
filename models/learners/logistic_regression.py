"""Logistic regression with an L2 penalty; several classes share one softmax.

Decisions are the logits, with two classes half the log odds and its opposite, so that half the gap
between two columns means the same for any number of classes. Solved by scikit-learn, on the Gram
matrix of centered vectors while it is small. Knows nothing of images.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy.linalg import cholesky, solve_triangular
from sklearn.linear_model import LogisticRegression

from models.interfaces import Checkpoint, Fact, Indices, Vectors, Weights
from models.learners import linear_learner
from models.learners.held_out import all_alike, choose, hold_out, require_classes
from models.learners.linear_learner import LinearLearner
from models.learners.planes import Array, Centered, Planes, columns
from models.learners.pulls import Taught
from models.parts.learners import LogisticRegressionOptions

NAME = "logistic_regression"
#: The L2 strength unless others clearly beat it, relative to the mean squared length of the
#: centered vectors. Of five powers of ten it was best or within 0.006 of it on pixels and features
#: of MNIST 3 against 8 and of ten digits, at 30, 100 and 350 labels.
USUAL = 1e-4
#: The strengths that may beat it, for noisy labels.
OTHERS = (1e-3, 1e-2)
#: Most labels whose Gram matrix is held; with more, the vectors themselves are fitted.
MOST_IN_GRAM = 2000
#: Added to a Gram matrix of mean squared length one, so that it has a triangular root.
JITTER = 1e-6
STEPS = 1000


def fit(
    vectors: Vectors,
    classes: Indices,
    options: LogisticRegressionOptions,
    *,
    count: int,
    seed: int,
    weights: Weights | None = None,
    groups: Indices | None = None,
) -> LinearLearner:
    """Fit vectors (n, d) labeled with class indices (n,) of a project with `count` classes.

    Labels count by their weights (n,), all alike without; those of one group (n,) are held out
    together. Classes without labels get a column that never wins. Raises `NotEnoughClasses` unless
    two classes have labels.
    """
    present = require_classes(classes, count)
    centered = Centered.of(vectors)
    held = hold_out(classes, seed=seed, weights=weights, groups=groups)
    gram = _gram(centered.vectors[held.rows])

    def decide(strength: float, fold: int) -> Array:
        return held.decisions(gram, partial(_on_gram, strength=strength), columns, fold=fold)

    given = options.strength / centered.scale**2
    usual, others = (given, ()) if given else (USUAL, OTHERS)
    relative, sharpness = choose(held, decide, usual=usual, others=others)
    planes, shares = _fit_centered(centered, classes, all_alike(classes, weights), relative)
    taught = None if shares is None else Taught(centered, shares.of_columns(present, count))
    facts: dict[str, Fact] = {
        "strength": options.strength or relative * centered.scale**2,
        "sharpness": sharpness,
        "labels": len(classes),
    }
    return LinearLearner(NAME, *planes.by_column(present, count), facts, taught)


def load(checkpoint: Checkpoint, *, device: str = "cpu") -> LinearLearner:
    """Load a learner; raises `CheckpointMismatch` for another part's checkpoint."""
    return linear_learner.load(checkpoint, name=NAME, device=device)


def _fit_centered(
    centered: Centered, classes: Indices, weights: Weights, strength: float
) -> tuple[Planes, Planes | None]:
    """Find the hyperplanes on the original vectors, and the share of each label in them; None
    where so many were solved without.
    """
    if len(classes) > MOST_IN_GRAM:
        wide = centered.vectors.astype(np.float64)
        return centered.before(_on_vectors(wide, classes, weights, strength=strength)), None
    shares = _on_gram(_gram(centered.vectors), classes, weights, strength=strength)
    return centered.before(centered.combined(shares)), shares


def _gram(vectors: Vectors) -> Array:
    """Return inner products in double precision, without which there is no triangular root."""
    wide = vectors.astype(np.float64)
    return np.asarray(wide @ wide.T)


def _on_gram(gram: Array, classes: Indices, weights: Weights, *, strength: float) -> Planes:
    """Fit the rows of the Gram matrix's triangular root, which have the same inner products."""
    root = cholesky(gram + JITTER * np.eye(len(gram)), lower=True)
    planes = _on_vectors(root, classes, weights, strength=strength)
    return Planes(solve_triangular(root, planes.slopes.T, lower=True, trans="T").T, planes.offsets)


def _on_vectors(vectors: Array, classes: Indices, weights: Weights, *, strength: float) -> Planes:
    machine = LogisticRegression(C=1 / (weights.sum() * strength), max_iter=STEPS)
    machine.fit(vectors, classes, sample_weight=weights)
    scale = 0.5 if len(machine.classes_) == 2 else 1.0
    return Planes(scale * machine.coef_, scale * machine.intercept_)
