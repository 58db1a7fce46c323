"""A committee of linear support vector machines, each taught on its own draw of the labels.

Bagging (Breiman 1996): every member learns from as many labels as there are, drawn with repetition
within each class, the more often the more they count. What a member did not draw calibrates the
chances at no cost. Decisions are the mean of the members', so they are linear too; chances are the
mean of their chances. Where the members differ, more labels help (Abe and Mamitsuka 1998). Knows
nothing of images.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from models.checkpoints import number, require_kind, tensor
from models.interfaces import Checkpoint, Fact, Facts, Indices, Vectors, Weights
from models.learners import calibration, hinge, linear_svm
from models.learners.held_out import all_alike, require_classes
from models.learners.linear_learner import require_length
from models.learners.linear_svm import MOST_IN_GRAM
from models.learners.planes import Array, Centered, Planes, columns
from models.parts.learners import CommitteeOptions, LinearSvmOptions

NAME = "committee"


class Committee:
    """Members of one hyperplane per class each; implements `Learner`."""

    def __init__(self, weights: Tensor, biases: Tensor, facts: Facts) -> None:
        self._weights = weights  # (members, classes, dimension)
        self._biases = biases  # (members, classes)
        self.facts = facts

    @property
    def classes(self) -> int:
        """Number of columns k of a decision."""
        return int(self._biases.shape[1])

    def decide(self, vectors: Vectors) -> Vectors:
        """Map vectors (n, d) to the members' mean decisions (n, k); the largest column wins.

        Raises `CheckpointMismatch` for vectors of another length.
        """
        require_length(vectors, self._weights.shape[2])
        slopes, offsets = self._weights.mean(dim=0), self._biases.mean(dim=0)
        decisions: Vectors = vectors @ slopes.cpu().numpy().T + offsets.cpu().numpy()
        return decisions

    def forward(self, vectors: Tensor) -> Tensor:
        """Like `decide`, differentiably, on tensors."""
        slopes, offsets = self._weights.mean(dim=0), self._biases.mean(dim=0)
        return vectors @ slopes.to(vectors.device).T + offsets.to(vectors.device)

    def chances(self, vectors: Vectors) -> Vectors:
        """Map vectors (n, d) to the members' mean chances (n, k), calibrated together."""
        mean: Vectors = self.opinions(vectors).mean(axis=0)
        return mean

    def opinions(self, vectors: Vectors) -> Vectors:
        """Map vectors (n, d) to the chances that each member sees, (members, n, k)."""
        require_length(vectors, self._weights.shape[2])
        sharpness = number(self.facts, "sharpness")
        members = zip(self._weights.cpu().numpy(), self._biases.cpu().numpy(), strict=True)
        return np.stack(
            [
                calibration.chances(vectors @ slopes.T + offsets, sharpness)
                for slopes, offsets in members
            ]
        )

    def checkpoint(self) -> Checkpoint:
        """Return every member's hyperplanes, and as facts what fitting chose and measured."""
        tensors = {"weights": self._weights, "biases": self._biases}
        return Checkpoint("learner", NAME, self.facts, tensors)


def fit(
    vectors: Vectors,
    classes: Indices,
    options: CommitteeOptions,
    *,
    count: int,
    seed: int,
    weights: Weights | None = None,
    groups: Indices | None = None,
) -> Committee:
    """Fit vectors (n, d) labeled with class indices (n,) of a project with `count` classes.

    Labels count by their weights (n,), all alike without; those of one group (n,) are drawn
    together. Classes without labels get a column that never wins. Raises `NotEnoughClasses` unless
    two classes have labels.
    """
    present, centered = require_classes(classes, count), Centered.of(vectors)
    alone = linear_svm.fit(
        vectors,
        classes,
        LinearSvmOptions(options.strength),
        count=count,
        seed=seed,
        weights=weights,
        groups=groups,
    )
    strength = number(alone.facts, "strength")
    rng = np.random.default_rng(seed)
    relative = strength / centered.scale**2
    together = np.arange(len(classes)) if groups is None else groups
    members = [
        _member(centered, classes, _draw(classes, weights, together, rng), relative)
        for _ in range(options.members)
    ]
    joined = [each.planes.by_column(present, count) for each in members]
    facts: dict[str, Fact] = {
        "members": len(members),
        "strength": strength,
        "sharpness": _sharpness(members, classes, all_alike(classes, weights), together),
        "labels": len(classes),
    }
    slopes, offsets = (torch.stack(each) for each in zip(*joined, strict=True))
    return Committee(slopes, offsets, facts)


def load(checkpoint: Checkpoint, *, device: str = "cpu") -> Committee:
    """Load a learner; raises `CheckpointMismatch` for another part's checkpoint."""
    require_kind(checkpoint, "learner", name=NAME)
    number(checkpoint.facts, "sharpness")
    weights, biases = tensor(checkpoint, "weights"), tensor(checkpoint, "biases")
    return Committee(weights.to(device), biases.to(device), checkpoint.facts)


@dataclass(frozen=True)
class _Draw:
    """The rows (r,) that a member drew, and how much each counts (r,)."""

    rows: Indices
    counts: Weights


@dataclass(frozen=True)
class _Member:
    """Hyperplanes on the original vectors, the sides (n, m) of all labels, and which it drew."""

    planes: Planes
    sides: Array
    drawn: Indices


def _member(centered: Centered, classes: Indices, draw: _Draw, strength: float) -> _Member:
    part = Centered(centered.vectors[draw.rows], centered.center, centered.scale)
    tasks = hinge.one_vs_rest(classes[draw.rows])
    if len(draw.rows) > MOST_IN_GRAM:
        found = hinge.on_centered(part.vectors, tasks, draw.counts, strength=strength)
    else:
        found = part.combined(hinge.on_gram(part.gram(), tasks, draw.counts, strength=strength))
    return _Member(centered.before(found), found.sides(centered.vectors), draw.rows)


def _draw(
    classes: Indices, weights: Weights | None, groups: Indices, rng: np.random.Generator
) -> _Draw:
    """Draw as many groups of each class as it has, with repetition, in proportion to the weights of
    their first rows; the rows of one share out a count of 1.
    """
    firsts = np.unique(groups, return_index=True)[1]
    dealt = [np.flatnonzero(classes[firsts] == one) for one in np.unique(classes)]
    counted = all_alike(classes, weights)[firsts]
    chances = [None if weights is None else counted[each] / counted[each].sum() for each in dealt]
    drawn = [rng.choice(each, len(each), p=p) for each, p in zip(dealt, chances, strict=True)]
    members, sizes = np.argsort(groups, kind="stable"), np.bincount(groups)
    parts = np.split(members, np.cumsum(sizes)[:-1])
    rows = np.concatenate([parts[group] for group in np.concatenate(drawn)])
    return _Draw(rows, 1 / sizes[groups[rows]])


def _sharpness(
    members: list[_Member], classes: Indices, weights: Weights, groups: Indices
) -> float:
    """Calibrate on what each member did not draw."""
    truth = np.unique(classes, return_inverse=True)[1]
    given = np.stack([~np.isin(groups, groups[each.drawn]) for each in members])
    decisions = np.stack([columns(each.sides) for each in members])
    return calibration.joint_sharpness(decisions, given, truth, weights)
