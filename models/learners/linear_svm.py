"""Linear support vector machine with hinge loss, one-vs-rest, as in the paper.

With a given strength it is scikit-learn's `LinearSVC` on the vectors as they are. Left to choose
its strength, it works on the Gram matrix of centered vectors, where every strength of the
cross-validation shares one matrix and a solution takes milliseconds. Knows nothing of images.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import SVC, LinearSVC
from torch import Tensor

from models.checkpoints import require_kind, tensor
from models.interfaces import (
    Checkpoint,
    CheckpointMismatch,
    Fact,
    Facts,
    Indices,
    NotEnoughClasses,
    Vectors,
)
from models.parts.learners import LinearSvmOptions

#: Decision of a class that was never labeled: below anything a labeled class can get.
NEVER = -1e6
#: The L2 strength unless others clearly beat it, relative to the mean squared length of the
#: centered vectors. On digits and MNIST, pixels and features, it was best or within 0.01 of it.
USUAL = 1e-3
#: The strengths that may beat it, for clean and for noisy labels.
OTHERS = (1e-4, 1e-2)
FOLDS = 3
#: Most labels that cross-validation looks at; the final fit takes all.
VALIDATED = 400
#: Most labels whose Gram matrix is held (128 MB); with more, `LinearSVC` fits the vectors.
MOST_IN_GRAM = 4000
#: Lets the intercept of `LinearSVC` move almost freely beside vectors of about length one.
INTERCEPT_SCALING = 3.0
#: A solution's worst violation of optimality, in margins.
TOLERANCE = 1e-3

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
        """Map vectors (n, d) to decisions (n, k) in margins; the largest column wins.

        Raises `CheckpointMismatch` for vectors of another length.
        """
        if vectors.shape[1] != self._weights.shape[1]:
            raise CheckpointMismatch(
                f"This learner decides on vectors of length {self._weights.shape[1]}, "
                f"not {vectors.shape[1]}."
            )
        decisions: Vectors = vectors @ self._weights.cpu().numpy().T + self._biases.cpu().numpy()
        return decisions

    def forward(self, vectors: Tensor) -> Tensor:
        """Like `decide`, differentiably, on tensors."""
        return vectors @ self._weights.to(vectors.device).T + self._biases.to(vectors.device)

    def checkpoint(self) -> Checkpoint:
        """Return weights, biases and the L2 strength that was used."""
        tensors = {"weights": self._weights, "biases": self._biases}
        return Checkpoint("learner", "linear_svm", self.facts, tensors)


@dataclass(frozen=True)
class _Planes:
    """Hyperplanes of the classes that have labels: (k, d) and (k,), with two classes as (-f, f)."""

    slopes: _Array
    offsets: _Array

    @classmethod
    def of(cls, slopes: _Array, offsets: _Array) -> _Planes:
        """Complete the one hyperplane of two classes by its mirror image."""
        if len(slopes) == 1:
            return cls(np.vstack([-slopes, slopes]), np.concatenate([-offsets, offsets]))
        return cls(slopes, offsets)


@dataclass(frozen=True)
class _Centered:
    """Vectors (n, d) moved and scaled to mean zero and mean squared length one."""

    vectors: _Array
    center: _Array  # (d,)
    scale: float

    def planes_before(self, planes: _Planes) -> _Planes:
        """Turn hyperplanes on these vectors into hyperplanes on the original ones."""
        slopes = planes.slopes / self.scale
        return _Planes(slopes, planes.offsets - slopes @ self.center)


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
    strength = options.strength
    if strength:
        planes = _linear(vectors, classes, strength=strength, intercept_scaling=1.0, seed=seed)
    else:
        centered = _center(vectors)
        relative = _validated_strength(centered.vectors, classes, seed=seed)
        planes = centered.planes_before(_fit_centered(centered.vectors, classes, relative, seed))
        strength = relative * centered.scale**2
    weights, biases = np.zeros((count, vectors.shape[1])), np.full(count, NEVER)
    weights[present], biases[present] = planes.slopes, planes.offsets
    facts: dict[str, Fact] = {"strength": strength, "labels": len(classes)}
    return LinearSvm(_single(weights), _single(biases), facts)


def load(checkpoint: Checkpoint, *, device: str = "cpu") -> LinearSvm:
    """Load a learner; raises `CheckpointMismatch` for another part's checkpoint."""
    require_kind(checkpoint, "learner", name="linear_svm")
    weights, biases = tensor(checkpoint, "weights"), tensor(checkpoint, "biases")
    return LinearSvm(weights.to(device), biases.to(device), checkpoint.facts)


def _center(vectors: Vectors) -> _Centered:
    center = vectors.mean(axis=0, dtype=np.float64)
    moved = vectors - center
    scale = max(float(np.sqrt((moved**2).sum(axis=1).mean())), 1e-12)
    return _Centered(moved / scale, center, scale)


def _fit_centered(vectors: _Array, classes: Indices, strength: float, seed: int) -> _Planes:
    if len(vectors) > MOST_IN_GRAM:
        return _linear(
            vectors, classes, strength=strength, intercept_scaling=INTERCEPT_SCALING, seed=seed
        )
    shares, offsets = _dual(vectors @ vectors.T, classes, strength=strength)
    return _Planes.of(shares @ vectors, offsets)


def _linear(
    vectors: Vectors | _Array,
    classes: Indices,
    *,
    strength: float,
    intercept_scaling: float,
    seed: int,
) -> _Planes:
    machine = LinearSVC(
        loss="hinge",
        C=1 / (len(classes) * strength),
        intercept_scaling=intercept_scaling,
        random_state=seed,
    )
    with warnings.catch_warnings():
        # The last digits of a barely regularized solution are not worth more steps.
        warnings.simplefilter("ignore", ConvergenceWarning)
        machine.fit(vectors, classes)
    return _Planes.of(machine.coef_, machine.intercept_)


def _dual(gram: _Array, classes: Indices, *, strength: float) -> tuple[_Array, _Array]:
    """Solve one-vs-rest on a Gram matrix (n, n); with two classes there is one row.

    Returns the shares (k, n) of each vector in each class's slope, and the offsets (k,).
    """
    present = np.unique(classes)
    ones = present if len(present) > 2 else present[1:]
    shares, offsets = np.zeros((len(ones), len(classes))), np.zeros(len(ones))
    # The solution takes no chances, but without a state scikit-learn draws from the global one.
    machine = SVC(
        kernel="precomputed", C=1 / (len(classes) * strength), tol=TOLERANCE, random_state=0
    )
    for index, one in enumerate(ones):
        machine.fit(gram, classes == one)
        shares[index, machine.support_] = machine.dual_coef_[0]
        offsets[index] = machine.intercept_[0]
    return shares, offsets


def _validated_strength(vectors: _Array, classes: Indices, *, seed: int) -> float:
    """Choose a strength by held-out errors.

    It leaves the usual one only for errors fewer by more than chance: their square root, about
    one standard deviation of a count. So the learner does not change its mind every round.
    """
    rows = np.random.default_rng(seed).permutation(len(classes))[:VALIDATED]
    rows = rows[np.argsort(classes[rows], kind="stable")]
    if np.unique(classes[rows], return_counts=True)[1].min() < FOLDS:
        return USUAL
    gram, classes = vectors[rows] @ vectors[rows].T, classes[rows]
    errors = {each: _held_out_errors(gram, classes, strength=each) for each in (USUAL, *OTHERS)}
    best = min(errors, key=lambda each: errors[each])
    clearly = errors[USUAL] - errors[best] > errors[USUAL] ** 0.5
    return best if clearly else USUAL


def _held_out_errors(gram: _Array, classes: Indices, *, strength: float) -> int:
    """Count errors on each fold by what the others teach; rows (n,) are sorted by class."""
    folds = np.arange(len(classes)) % FOLDS
    errors = 0
    for fold in range(FOLDS):
        known, held = folds != fold, folds == fold
        shares, offsets = _dual(gram[np.ix_(known, known)], classes[known], strength=strength)
        planes = _Planes.of(shares, offsets)
        decisions = gram[np.ix_(held, known)] @ planes.slopes.T + planes.offsets
        guesses = np.unique(classes)[decisions.argmax(axis=1)]
        errors += int((guesses != classes[held]).sum())
    return errors


def _single(values: _Array) -> Tensor:
    return torch.from_numpy(values.astype(np.float32))
