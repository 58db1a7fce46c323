"""Uncertainty, density and model change beside their formulas, spelled out."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.interfaces import Situation, Vectors
from models.strategies.expected_model_change import expected_lengths
from models.strategies.uncertainty import doubts, entropies
from tests.models.small_worlds import fit, situation, strategy

BOTH = pytest.mark.parametrize("classes", [2, 10])


def _chances(where: Situation) -> Vectors:
    assert where.learner is not None
    return where.learner.chances(where.pool_vectors[where.candidates])


def _ranked(where: Situation, utilities: list[float], count: int) -> list[int]:
    order = sorted(range(len(utilities)), key=lambda i: -utilities[i])
    return [int(where.candidates[i]) for i in order[:count]]


@BOTH
def test_least_confidence_poses_the_likeliest_classes_that_are_least_likely(classes: int) -> None:
    where = situation(classes=classes)
    obvious = _ranked(where, [1 - max(row) for row in _chances(where)], 7)
    assert strategy("least_confidence").pose(where, 7, seed=0).rows.tolist() == obvious


@BOTH
def test_entropy_poses_the_largest_sums_of_minus_p_log_p(classes: int) -> None:
    where = situation(classes=classes)
    spread = [-sum(p * math.log(p) for p in row if p) for row in _chances(where).astype(float)]
    batch = strategy("entropy").pose(where, 7, seed=0)
    assert batch.rows.tolist() == _ranked(where, spread, 7)
    np.testing.assert_allclose(batch.utilities, sorted(spread)[::-1][:7], rtol=1e-4)


@given(st.lists(st.floats(0, 1, width=32), min_size=2, max_size=6).filter(lambda x: sum(x) > 0.01))
def test_nothing_is_less_certain_than_equal_chances(weights: list[float]) -> None:
    chances = np.array([weights], np.float32) / np.float32(sum(weights))
    classes = len(weights)
    assert -1e-6 <= entropies(chances)[0] <= math.log(classes) + 1e-5
    assert -1e-6 <= doubts(chances)[0] <= 1 - 1 / classes + 1e-6


@BOTH
@pytest.mark.parametrize("weight", [0.0, 1.0, 2.5])
def test_information_density_is_entropy_times_the_mean_similarity_to_the_pool(
    classes: int, weight: float
) -> None:
    where = situation(classes=classes)
    pool = where.pool_vectors.astype(float)
    worths = []
    for row, chances in zip(where.candidates, _chances(where), strict=True):
        cosines = [
            float(pool[row] @ other) / (np.linalg.norm(pool[row]) * np.linalg.norm(other))
            for other in pool
        ]
        similarity = float(np.mean([(1 + cosine) / 2 for cosine in cosines]))
        worths.append(float(entropies(chances[None])[0]) * similarity**weight)
    batch = strategy("density_weighted", weight=weight).pose(where, 5, seed=0)
    assert batch.rows.tolist() == _ranked(where, worths, 5)
    np.testing.assert_allclose(batch.utilities, sorted(worths)[::-1][:5], rtol=1e-4)


def test_a_vector_of_zeros_has_a_density_like_any_other() -> None:
    where = situation()
    vectors = where.pool_vectors.copy()
    vectors[where.candidates[0]] = 0
    batch = strategy("density_weighted").pose(replace(where, pool_vectors=vectors), 5, seed=0)
    assert np.isfinite(batch.utilities).all()


@pytest.mark.parametrize("classes", [2, 3, 7])
def test_the_expected_gradient_is_as_long_as_automatic_differentiation_finds(classes: int) -> None:
    rng = np.random.default_rng(classes)
    inputs = rng.standard_normal((5, 4)).astype(np.float32)
    weights = torch.from_numpy(rng.standard_normal((classes, 4)).astype(np.float32))
    bias = torch.zeros(classes)
    chances = torch.softmax(torch.from_numpy(inputs) @ weights.T + bias, 1).numpy()
    for row in range(5):
        expected = 0.0
        for label in range(classes):
            parts = weights.clone().requires_grad_(), bias.clone().requires_grad_()
            logits = torch.from_numpy(inputs[row]) @ parts[0].T + parts[1]
            loss = torch.nn.functional.cross_entropy(logits, torch.tensor(label))
            torch.autograd.backward(loss)
            squares = sum(float((part.grad**2).sum()) for part in parts if part.grad is not None)
            expected += float(chances[row, label]) * math.sqrt(squares)
        found = expected_lengths(chances[row : row + 1], inputs[row : row + 1])[0]
        assert found == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    "name", ["least_confidence", "entropy", "density_weighted", "expected_model_change"]
)
def test_of_equals_the_first_of_the_pool_is_posed(name: str) -> None:
    where = situation()
    vectors = where.pool_vectors.copy()
    vectors[where.candidates] = vectors[0]  # Different pictures, one vector.
    rows = strategy(name).pose(replace(where, pool_vectors=vectors), 4, seed=3).rows
    assert rows.tolist() == where.candidates[:4].tolist()


@pytest.mark.parametrize(
    "name",
    [
        "least_confidence",
        "entropy",
        "density_weighted",
        "committee",
        "bald",
        "expected_model_change",
        "expected_error_reduction",
        "badge",
    ],
)
def test_a_class_that_nobody_named_yet_does_no_harm(name: str) -> None:
    where = situation(classes=10)
    known = np.flatnonzero(where.labeled_classes != 4)
    vectors, classes = where.labeled_vectors[known], where.labeled_classes[known]
    where = replace(
        where,
        labeled_vectors=vectors,
        labeled_classes=classes,
        learner=fit(vectors, classes, count=10),
    )
    batch = strategy(name).pose(where, 6, seed=0)
    assert len(batch) == 6
    assert np.isfinite(batch.utilities).all()
