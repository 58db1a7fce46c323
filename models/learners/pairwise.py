"""A learner of one hyperplane per pair of classes (one-vs-one), whose pairs vote.

A pair votes for its far class with the side of its hyperplane, cut softly where it is sure: so an
image next to the boundary of two classes that both beat every other is decided by their hyperplane
alone, and half the gap between the two columns is its |f| in half margins. Whole votes, as libsvm
counts them, have no slope; sums of uncut sides let pairs decide that have nothing to do with the
image, which costs accuracy. Knows nothing of how
the hyperplanes were found.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from models.checkpoints import number, require_kind, tensor, whole_number
from models.interfaces import Checkpoint, Facts, Indices, Vectors
from models.learners import calibration
from models.learners.linear_learner import require_length
from models.learners.planes import NEVER, Array
from models.learners.pulls import Taught

#: The side, in margins, from which on a pair is sure. On ten digits this was about as good as whole
#: votes; with a full margin the learner was one to two points worse.
SURE = 0.5
#: How much slower a vote grows beyond, so that far images still differ.
LEAK = 0.02


def ballot(pairs: Indices, count: int) -> Array:
    """Return for pairs of classes (m, 2), near and far, whom a vote harms and helps: (m, count)."""
    table, index = np.zeros((len(pairs), count)), np.arange(len(pairs))
    table[index, pairs[:, 0]], table[index, pairs[:, 1]] = -1, 1
    return table


def votes(sides: Array, table: Array) -> Array:
    """Map sides (n, m) to decisions (n, k): the sum of the votes for and against each class."""
    whole = sides / SURE
    cut = whole.clip(-1, 1)
    return np.asarray((cut + LEAK * (whole - cut)) @ table)


class PairwiseLearner:
    """Hyperplanes between pairs of at least three labeled classes; implements `Learner`."""

    def __init__(
        self,
        name: str,
        weights: Tensor,
        biases: Tensor,
        pairs: Tensor,
        facts: Facts,
        taught: Taught | None = None,
    ) -> None:
        self._name = name
        self.taught = taught
        self._weights = weights  # (pairs, dimension)
        self._biases = biases  # (pairs,)
        self._pairs = pairs  # (pairs, 2)
        self.facts = facts
        table = ballot(pairs.cpu().numpy(), self.classes)
        self._table = torch.from_numpy(table.astype(np.float32)).to(weights.device)
        self._never = torch.where(self._table.abs().sum(dim=0) == 0, NEVER, 0.0)  # (classes,)

    @property
    def classes(self) -> int:
        """Number of columns k of a decision."""
        return whole_number(self.facts, "classes")

    def shares_between(self, first: int, second: int) -> Array:
        """Return the share (n,) of each vector it was fitted on in the two classes' hyperplane."""
        if self.taught is None:
            return np.zeros(0)
        # For the far class, against the near one.
        signs = self._table.cpu().numpy()[:, [first, second]]
        decides = (signs[:, 0] * signs[:, 1] < 0) * signs[:, 0]
        found: Array = decides @ self.taught.shares
        return found

    def decide(self, vectors: Vectors) -> Vectors:
        """Map vectors (n, d) to decisions (n, k); the largest column wins.

        Raises `CheckpointMismatch` for vectors of another length.
        """
        require_length(vectors, self._weights.shape[1])
        sides = vectors @ self._weights.cpu().numpy().T + self._biases.cpu().numpy()
        decisions: Vectors = votes(sides, self._table.cpu().numpy()) + self._never.cpu().numpy()
        return decisions

    def forward(self, vectors: Tensor) -> Tensor:
        """Like `decide`, differentiably, on tensors."""
        device = vectors.device
        sides = vectors @ self._weights.to(device).T + self._biases.to(device)
        whole = sides / SURE
        cut = whole.clamp(-1, 1)
        return (cut + LEAK * (whole - cut)) @ self._table.to(device) + self._never.to(device)

    def chances(self, vectors: Vectors) -> Vectors:
        """Map vectors (n, d) to calibrated chances (n, k); rows add up to one."""
        return calibration.chances(self.decide(vectors), number(self.facts, "sharpness"))

    def checkpoint(self) -> Checkpoint:
        """Return the hyperplanes and their pairs, and as facts what fitting chose and measured."""
        tensors = {"weights": self._weights, "biases": self._biases, "pairs": self._pairs}
        return Checkpoint("learner", self._name, self.facts, tensors)


def load(checkpoint: Checkpoint, *, name: str, device: str = "cpu") -> PairwiseLearner:
    """Load a learner; raises `CheckpointMismatch` for another part's checkpoint."""
    require_kind(checkpoint, "learner", name=name)
    number(checkpoint.facts, "sharpness")
    weights, biases, pairs = (tensor(checkpoint, key) for key in ("weights", "biases", "pairs"))
    return PairwiseLearner(
        name, weights.to(device), biases.to(device), pairs.to(device), checkpoint.facts
    )
