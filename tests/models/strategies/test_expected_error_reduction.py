"""Expected error reduction in closed form beside fitting anew for every candidate and class."""

from __future__ import annotations

import numpy as np
import pytest

from models.interfaces import Indices, Vectors
from models.learners.planes import Centered
from models.strategies.expected_error_reduction import BIAS, LeastSquares, expected_errors
from tests.models.small_worlds import situation, strategy

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def _least_squares(inputs: Array, targets: Array, penalty: float) -> Array:
    """Fit weights (d, k) the obvious way."""
    system = inputs.T @ inputs + penalty * np.eye(inputs.shape[1])
    return np.linalg.solve(system, inputs.T @ targets)


def _brute_force(
    vectors: Vectors,
    classes: Indices,
    candidates: Vectors,
    chances: Vectors,
    judges: Vectors,
    strength: float,
) -> list[float]:
    frame = Centered.of(vectors)

    def inputs(some: Vectors) -> Array:
        placed = (some.astype(float) - frame.center) / frame.scale
        return np.hstack([placed, np.full((len(some), 1), BIAS)])

    present = np.unique(classes)
    targets = np.array([[float(c == each) for each in present] for c in classes])
    penalty = strength * len(classes)
    errors = []
    for candidate, chance in zip(candidates, chances, strict=True):
        expected = 0.0
        for column in range(len(present)):
            more = np.vstack([inputs(vectors), inputs(candidate[None])])
            answers = np.vstack([targets, np.eye(len(present))[column]])
            decisions = inputs(judges) @ _least_squares(more, answers, penalty)
            wrong = 1 - np.minimum(decisions.max(axis=1), 1)
            expected += float(chance[column]) * float(wrong.mean())
        errors.append(expected)
    return errors


@pytest.mark.parametrize("labels", [4, 40])
@pytest.mark.parametrize("classes", [2, 3, 5])
def test_rank_one_updates_expect_the_errors_that_brute_force_expects(
    classes: int, labels: int
) -> None:
    rng = np.random.default_rng(classes)
    vectors = rng.standard_normal((labels, 6)).astype(np.float32)
    given = np.arange(labels) % min(classes, labels)
    candidates, judges = (rng.standard_normal((n, 6)).astype(np.float32) for n in (7, 11))
    present = len(np.unique(given))
    chances = rng.dirichlet(np.ones(present), 7).astype(np.float32)
    squares = LeastSquares.of(vectors, given, strength=0.02)
    found = expected_errors(squares, candidates, chances, judges)
    obvious = _brute_force(vectors, given, candidates, chances, judges, 0.02)
    np.testing.assert_allclose(found, obvious, atol=2e-6)


@pytest.mark.parametrize("classes", [2, 10])
def test_it_poses_what_brute_force_poses(classes: int) -> None:
    where = situation(classes=classes)
    assert where.learner is not None
    vectors = where.pool_vectors[where.candidates]
    chances = where.learner.chances(vectors)[:, np.unique(where.labeled_classes)]
    errors = _brute_force(
        where.labeled_vectors, where.labeled_classes, vectors, chances, vectors, 0.001
    )
    best = sorted(range(len(errors)), key=lambda i: errors[i])[:5]
    batch = strategy("expected_error_reduction").pose(where, 5, seed=0)
    np.testing.assert_allclose(-batch.utilities, np.array(errors)[best], atol=1e-5)
    assert len(set(batch.rows) & set(where.candidates[best])) >= 4  # Rounding may swap the last.


def test_of_a_large_pool_a_sample_is_considered_by_a_sample_of_judges() -> None:
    where = situation()
    batches = [
        strategy("expected_error_reduction", sample=10, judges=10).pose(where, 8, seed=seed)
        for seed in (0, 1)
    ]
    assert [len(each) for each in batches] == [8, 8]
    assert set(batches[0].rows) != set(batches[1].rows)
