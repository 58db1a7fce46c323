"""What teaches beside single labels."""

from __future__ import annotations

import numpy as np
import pytest

from models.rounds.fitting import Comparisons, fit_learner


def _points(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two classes that differ along the first direction alone; the second one says nothing."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(0, 1, (12, 2)).astype(np.float32)
    classes = np.repeat([0, 1], 6)
    vectors[:, 0] += np.where(classes == 0, -1, 1)
    return vectors, classes


@pytest.mark.parametrize("name", ["linear_svm", "logistic_regression"])
def test_a_comparison_turns_the_boundary_towards_what_people_say(name: str) -> None:
    vectors, classes = _points()
    up = np.array([[0.0, 2.0]] * 8, dtype=np.float32)
    told = Comparisons(up, np.ones(8, dtype=np.int64), np.zeros(8, dtype=np.int64))

    def slope(compared: Comparisons | None) -> float:
        learner = fit_learner(name, {}, vectors, classes, count=2, seed=0, compared=compared)
        assert learner is not None
        ends = learner.decide(np.array([[0, 1], [0, -1]], dtype=np.float32))
        along: np.ndarray = ends[:, 1] - ends[:, 0]
        side = learner.decide(np.array([[1, 0], [-1, 0]], dtype=np.float32))
        across = side[:, 1] - side[:, 0]
        return float((along[0] - along[1]) / abs(across[0] - across[1]))

    little = Comparisons(told.differences, told.asked, told.against, np.full(8, 0.05))
    assert slope(told) > slope(None) + 0.2
    assert slope(told) > slope(little) + 0.1


def test_a_comparison_says_nothing_of_where_the_boundary_is() -> None:
    vectors, classes = _points()
    told = Comparisons(np.array([[1.0, 0.0]], dtype=np.float32), np.array([1]), np.array([0]))
    beside, names, weights = told.beside(vectors, classes, np.full(len(classes), 0.5))
    assert beside.mean(axis=0) == pytest.approx(vectors.mean(axis=0), abs=1e-6)
    assert names[-2:].tolist() == [1, 0]
    assert weights.tolist() == [0.5] * len(classes) + [1, 1]
    assert (beside[-2] - beside[-1]).tolist() == pytest.approx([2, 0], abs=1e-6)


def test_comparisons_alone_make_no_learner() -> None:
    told = Comparisons(np.ones((3, 2), np.float32), np.ones(3, int), np.zeros(3, int))
    only = np.zeros(4, dtype=np.int64)
    vectors = np.random.default_rng(0).normal(size=(4, 2)).astype(np.float32)
    assert fit_learner("linear_svm", {}, vectors, only, count=2, seed=0, compared=told) is None
