"""A learner of one hyperplane per class, as linear SVM and logistic regression are.

Knows nothing of how its hyperplanes were found.
"""

from __future__ import annotations

import numpy as np
from torch import Tensor

from models.checkpoints import number, require_kind, tensor
from models.interfaces import Checkpoint, CheckpointMismatch, Facts, Vectors
from models.learners import calibration
from models.learners.planes import Array
from models.learners.pulls import Taught


class LinearLearner:
    """Hyperplanes, one per class; implements `Learner`.

    The facts hold `sharpness`, which calibrates the chances.
    """

    def __init__(
        self,
        name: str,
        weights: Tensor,
        biases: Tensor,
        facts: Facts,
        taught: Taught | None = None,
    ) -> None:
        self._name = name
        self.taught = taught
        self._weights = weights  # (classes, dimension)
        self._biases = biases  # (classes,)
        self.facts = facts

    @property
    def classes(self) -> int:
        """Number of columns k of a decision."""
        return len(self._biases)

    def shares_between(self, first: int, second: int) -> Array:
        """Return the share (n,) of each vector it was fitted on in half the gap of two columns."""
        if self.taught is None:
            return np.zeros(0)
        half: Array = (self.taught.shares[first] - self.taught.shares[second]) / 2
        return half

    def decide(self, vectors: Vectors) -> Vectors:
        """Map vectors (n, d) to decisions (n, k); the largest column wins.

        Raises `CheckpointMismatch` for vectors of another length.
        """
        require_length(vectors, self._weights.shape[1])
        weights, biases = self._weights.cpu().numpy(), self._biases.cpu().numpy()
        if self.classes == 2:  # (-f, f): one product with a vector takes half as long as two.
            side = vectors @ weights[1] + biases[1]
            return np.stack([-side, side], axis=1)
        decisions: Vectors = vectors @ weights.T + biases
        return decisions

    def forward(self, vectors: Tensor) -> Tensor:
        """Like `decide`, differentiably, on tensors."""
        return vectors @ self._weights.to(vectors.device).T + self._biases.to(vectors.device)

    def chances(self, vectors: Vectors) -> Vectors:
        """Map vectors (n, d) to calibrated chances (n, k); rows add up to one."""
        return calibration.chances(self.decide(vectors), number(self.facts, "sharpness"))

    def checkpoint(self) -> Checkpoint:
        """Return the hyperplanes, and as facts what fitting chose and measured."""
        tensors = {"weights": self._weights, "biases": self._biases}
        return Checkpoint("learner", self._name, self.facts, tensors)


def load(checkpoint: Checkpoint, *, name: str, device: str = "cpu") -> LinearLearner:
    """Load a learner; raises `CheckpointMismatch` for another part's checkpoint."""
    require_kind(checkpoint, "learner", name=name)
    weights, biases = tensor(checkpoint, "weights"), tensor(checkpoint, "biases")
    number(checkpoint.facts, "sharpness")
    return LinearLearner(name, weights.to(device), biases.to(device), checkpoint.facts)


def require_length(vectors: Vectors, length: int) -> None:
    """Raise `CheckpointMismatch` unless vectors (n, d) are of this length."""
    if vectors.shape[1] != length:
        raise CheckpointMismatch(
            f"This learner decides on vectors of length {length}, not {vectors.shape[1]}."
        )
