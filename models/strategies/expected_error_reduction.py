"""Expected error reduction (Roy and McCallum 2001): real images after whose label, whichever it is,
fewest errors are to be expected on the pool.

The learner that is taught again for every candidate and class is regularized least squares, where
one more label is a rank-one update: nothing is fitted anew.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular

from models.interfaces import Indices, QueryBatch, Situation, Vectors
from models.learners.planes import Centered
from models.parts.pool_strategies import ExpectedErrorReductionOptions
from models.strategies.pool_batches import best_batch, require_learner
from models.strategies.pool_rows import draw

#: Most labels that are looked at, drawn at random from more: their Gram matrix is solved.
MOST_LABELS = 2000
#: The number that stands for the bias in every vector; large, so that it moves almost freely.
BIAS = 3.0

Array = NDArray[np.float64]


class ExpectedErrorReduction:
    """Ranks a sample of the pool by expected errors; implements `Strategy`."""

    def __init__(self, options: ExpectedErrorReductionOptions) -> None:
        self._options = options

    def pose(self, situation: Situation, count: int, *, seed: int) -> QueryBatch:
        """Pose those that leave fewest errors; the utility is minus the share of errors expected
        on other images of the pool.
        """
        learner = require_learner(situation)
        drawn = draw(situation, max(self._options.sample, count), seed=seed)
        judges = draw(situation, self._options.judges, seed=seed + 1)
        vectors = drawn.copied()
        present, known = _labels(situation, seed=seed)
        squares = LeastSquares.of(
            situation.labeled_vectors[known],
            situation.labeled_classes[known],
            strength=self._options.strength,
        )
        chances = learner.chances(vectors)[:, present]
        errors = expected_errors(squares, vectors, chances, judges.copied())
        return best_batch(situation, drawn.rows, -errors, count=count)


def _labels(situation: Situation, *, seed: int) -> tuple[Indices, Indices]:
    """Return the classes (k,) that have labels, and the rows (l,) of the labels looked at."""
    rows = np.random.default_rng(seed).permutation(len(situation.labeled_classes))[:MOST_LABELS]
    return np.unique(situation.labeled_classes[rows]), np.sort(rows)


@dataclass(frozen=True)
class _Placed:
    """Vectors as least squares see them: inputs (n, d + 1), and what labels say of them (l, n)."""

    inputs: Array
    seen: Array


@dataclass(frozen=True)
class LeastSquares:
    """Regularized least squares on labeled vectors with one-hot targets.

    Vectors are centered and scaled by the labeled ones, with one number more for the bias. `root`
    (l, l) is the lower root of the Gram matrix plus the penalty, `known` (l, k) its inverse times
    the targets.
    """

    frame: Centered
    inputs: Array  # (l, d + 1)
    root: Array
    known: Array
    penalty: float

    @classmethod
    def of(cls, vectors: Vectors, classes: Indices, *, strength: float) -> LeastSquares:
        """Take labels (l, d) and (l,); `strength` is the L2 penalty per label."""
        columns = np.unique(classes, return_inverse=True)[1]
        frame, penalty = Centered.of(vectors), strength * len(vectors)
        inputs = _biased(frame.vectors)
        root = cholesky(inputs @ inputs.T + penalty * np.eye(len(inputs)), lower=True)
        known = solve_triangular(root, np.eye(columns.max() + 1)[columns], lower=True)
        return cls(frame, inputs, root, known, penalty)

    def place(self, vectors: Vectors) -> _Placed:
        """Look at vectors (n, d)."""
        inputs = _biased((vectors - self.frame.center) / self.frame.scale)
        return _Placed(inputs, solve_triangular(self.root, self.inputs @ inputs.T, lower=True))

    def decide(self, placed: _Placed) -> Array:
        """Return decisions (n, k): estimates of the chances of each class."""
        decisions: Array = placed.seen.T @ self.known
        return decisions

    def moves(self, taught: _Placed, others: _Placed) -> Array:
        """Return by how much (n, m) the decisions on others move when a label of each of the
        taught ones (n,) is wrong by one (Sherman and Morrison 1950).
        """
        shared = taught.inputs @ others.inputs.T - taught.seen.T @ others.seen
        own = (taught.inputs**2).sum(axis=1) - (taught.seen**2).sum(axis=0)
        moved: Array = shared / (self.penalty + own)[:, None]
        return moved


def expected_errors(
    squares: LeastSquares, candidates: Vectors, chances: Vectors, judges: Vectors
) -> Vectors:
    """Return the share of errors (m,) to expect on judges (e, d) after a label of each candidate.

    `candidates` (m, d) belong to the k classes with labels by `chances` (m, k). A judge's largest
    decision, at most one, counts as the chance that it is right.
    """
    taught, others = squares.place(candidates), squares.place(judges)
    told = squares.decide(taught).astype(np.float32)  # (m, k)
    now = squares.decide(others).T.astype(np.float32)  # (k, e)
    moves = squares.moves(taught, others).astype(np.float32)  # (m, e)
    errors = np.empty(len(candidates), dtype=np.float32)
    for place, move in enumerate(moves):
        errors[place] = _errors_after(now - told[place][:, None] * move, move, chances[place])
    return errors


def _errors_after(decisions: Vectors, move: Vectors, chances: Vectors) -> float:
    """Weigh by chances (k,) the errors left after a label of each class.

    `decisions` (k, e) are those after a label of no class at all, `move` (e,) what the label's own
    class gains.
    """
    total = 0.0
    for column in np.flatnonzero(chances):
        before = decisions[column].copy()
        decisions[column] += move
        right = np.minimum(decisions.max(axis=0), 1).mean(dtype=np.float64)
        decisions[column] = before
        total += float(chances[column]) * (1 - float(right))
    return total


def _biased(vectors: Vectors | Array) -> Array:
    return np.hstack([vectors.astype(np.float64), np.full((len(vectors), 1), BIAS)])


def build(options: ExpectedErrorReductionOptions) -> ExpectedErrorReduction:
    """Build the strategy."""
    return ExpectedErrorReduction(options)
