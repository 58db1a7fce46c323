"""Linear support vector machine with hinge loss, one-vs-rest, as in the paper.

Solved in the span of the labeled vectors, which is exact and fast when labels are fewer than
dimensions. Knows nothing of images.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC
from torch import Tensor

from models.catalog import LinearSvmOptions
from models.checkpoints import require_kind, tensor
from models.interfaces import Checkpoint, Fact, Facts, Indices, NotEnoughClasses, Vectors

#: Decision of a class that was never labeled: below anything a labeled class can get.
NEVER = -1e6
#: L2 strengths tried, relative to the mean squared length of the centered vectors.
GRID = (1e-4, 1e-3, 1e-2, 1e-1)
#: The one used while a class has fewer labels than folds.
FALLBACK = 1e-2
FOLDS = 3
#: Most labels that cross-validation looks at; the final fit takes all.
VALIDATED = 400
#: Lets the intercept move almost freely beside vectors of about length one.
INTERCEPT_SCALING = 3.0

_Array = NDArray[np.float64]


class LinearSvm:
    """Hyperplanes, one per class; implements `Learner`."""

    def __init__(self, weights: Tensor, biases: Tensor, facts: Facts) -> None:
        self._weights = weights  # (classes, dimension)
        self._biases = biases  # (classes,)
        self.facts = facts

    @property
    def classes(self) -> int:
        """Number of columns k of a decision."""
        return len(self._biases)

    def decide(self, vectors: Vectors) -> Vectors:
        """Map vectors (n, d) to decisions (n, k) in margins; the largest column wins."""
        decisions: Vectors = vectors @ self._weights.numpy().T + self._biases.numpy()
        return decisions

    def forward(self, vectors: Tensor) -> Tensor:
        """Like `decide`, differentiably, on tensors."""
        return vectors @ self._weights.to(vectors.device).T + self._biases.to(vectors.device)

    def checkpoint(self) -> Checkpoint:
        """Return weights, biases and the L2 strength that was used."""
        tensors = {"weights": self._weights, "biases": self._biases}
        return Checkpoint("learner", "linear_svm", self.facts, tensors)


@dataclass(frozen=True)
class _Span:
    """Labeled vectors in coordinates of their own span, centered, of mean squared length one."""

    coordinates: _Array  # (n, r)
    basis: _Array  # (r, d): maps weights in coordinates back to weights on vectors
    center: _Array  # (d,)
    squared_scale: float


def fit(
    vectors: Vectors, classes: Indices, options: LinearSvmOptions, *, count: int, seed: int
) -> LinearSvm:
    """Fit vectors (n, d) labeled with class indices (n,) of a project with `count` classes.

    Classes without labels get a column that never wins. Raises `NotEnoughClasses` unless two
    classes have labels.
    """
    present = np.unique(classes)
    if len(present) < 2:
        raise NotEnoughClasses(
            f"The learner has labels of {len(present)} of {count} classes and needs two."
        )
    span = _span(vectors)
    relative = options.strength / span.squared_scale
    if options.strength == 0:
        relative = _validated_strength(span.coordinates, classes, seed=seed)
    slopes, offsets = _solve(span.coordinates, classes, relative=relative, seed=seed)
    weights = np.zeros((count, vectors.shape[1]))
    biases = np.full(count, NEVER)
    weights[present] = slopes @ span.basis
    biases[present] = offsets - weights[present] @ span.center
    facts: dict[str, Fact] = {"strength": relative * span.squared_scale, "labels": len(classes)}
    return LinearSvm(_single(weights), _single(biases), facts)


def load(checkpoint: Checkpoint, *, device: str = "cpu") -> LinearSvm:
    """Load a learner; raises `CheckpointMismatch` for another part's checkpoint."""
    require_kind(checkpoint, "learner", name="linear_svm")
    weights, biases = tensor(checkpoint, "weights"), tensor(checkpoint, "biases")
    return LinearSvm(weights.to(device), biases.to(device), checkpoint.facts)


def _span(vectors: Vectors) -> _Span:
    center = vectors.mean(axis=0, dtype=np.float64)
    centered = vectors - center
    scale = max(float(np.sqrt((centered**2).sum(axis=1).mean())), 1e-12)
    scaled = centered / scale
    if len(vectors) >= vectors.shape[1] // 2:
        return _Span(scaled, np.eye(vectors.shape[1]) / scale, center, scale**2)
    values, directions = np.linalg.eigh(scaled @ scaled.T)
    kept = values > values[-1] * 1e-10
    lengths = np.sqrt(values[kept])
    axes = (scaled.T @ directions[:, kept] / lengths).T
    return _Span(directions[:, kept] * lengths, axes / scale, center, scale**2)


def _solve(
    coordinates: _Array, classes: Indices, *, relative: float, seed: int
) -> tuple[_Array, _Array]:
    """Return slopes (classes present, r) and offsets, with two classes as (-f, f)."""
    machine = LinearSVC(loss="hinge", C=1 / (len(classes) * relative), tol=1e-3, max_iter=2000,
                        intercept_scaling=INTERCEPT_SCALING, random_state=seed)
    with warnings.catch_warnings():
        # The last digits of a barely regularized solution are not worth more steps.
        warnings.simplefilter("ignore", ConvergenceWarning)
        machine.fit(coordinates, classes)
    slopes, offsets = machine.coef_, machine.intercept_
    if len(slopes) == 1:
        return np.vstack([-slopes, slopes]), np.concatenate([-offsets, offsets])
    return slopes, offsets


def _validated_strength(coordinates: _Array, classes: Indices, *, seed: int) -> float:
    """Choose from the grid by held-out errors; ties go to the smaller hinge loss."""
    if np.unique(classes, return_counts=True)[1].min() < FOLDS:
        return FALLBACK
    rows, folds = _stratified_folds(classes, np.random.default_rng(seed))
    shown, classes = coordinates[rows], classes[rows]
    losses = [_held_out_loss(shown, classes, folds, relative=each, seed=seed) for each in GRID]
    return GRID[losses.index(min(losses))]


def _stratified_folds(classes: Indices, rng: np.random.Generator) -> tuple[Indices, Indices]:
    """Draw at most `VALIDATED` rows and deal those of each class out over the folds."""
    rows = rng.permutation(len(classes))[:VALIDATED]
    rows = rows[np.argsort(classes[rows], kind="stable")]
    return rows, np.arange(len(rows)) % FOLDS


def _held_out_loss(
    coordinates: _Array, classes: Indices, folds: Indices, *, relative: float, seed: int
) -> tuple[int, float]:
    errors, loss = 0, 0.0
    for fold in range(FOLDS):
        known, held = folds != fold, folds == fold
        slopes, offsets = _solve(coordinates[known], classes[known], relative=relative, seed=seed)
        decisions = coordinates[held] @ slopes.T + offsets
        targets = np.searchsorted(np.unique(classes[known]), classes[held])
        errors += int((decisions.argmax(axis=1) != targets).sum())
        signs = np.where(np.arange(decisions.shape[1]) == targets[:, None], 1.0, -1.0)
        loss += float(np.maximum(0, 1 - signs * decisions).sum())
    return errors, loss


def _single(values: _Array) -> Tensor:
    return torch.from_numpy(values.astype(np.float32))
