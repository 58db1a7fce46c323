"""Least squares beside scikit-learn, and beside the hinge loss where both are the same."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from models.learners import least_squares, linear_svm
from models.learners.planes import Planes
from models.parts.learners import LinearSvmOptions

SQUARED = LinearSvmOptions(several="least_squares")


def _labels(count: int = 60, size: int = 8, classes: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    named = np.arange(count) % classes
    vectors = rng.normal(0, 1, (count, size)) + 2 * rng.normal(0, 1, (classes, size))[named]
    return vectors.astype(np.float32), named


def _on_gram(vectors: np.ndarray, classes: np.ndarray, weights: np.ndarray) -> Planes:
    gram = (vectors @ vectors.T).astype(np.float64)
    found = least_squares.on_gram(gram, classes, weights, ridge=2.0)
    return Planes(found.slopes @ vectors, found.offsets)


@pytest.mark.parametrize("weighted", [False, True])
def test_both_ways_find_what_scikit_learn_finds(weighted: bool) -> None:
    vectors, classes = _labels()
    weights = np.random.default_rng(0).uniform(0.2, 1, 60) if weighted else np.ones(60)
    theirs = Ridge(alpha=2.0).fit(vectors, least_squares.targets(classes), sample_weight=weights)
    for ours in (
        _on_gram(vectors, classes, weights),
        least_squares.on_vectors(vectors, classes, weights, ridge=2.0),
    ):
        assert ours.slopes == pytest.approx(theirs.coef_, abs=1e-4)
        assert ours.offsets == pytest.approx(theirs.intercept_, abs=1e-4)


def test_a_label_without_weight_changes_nothing() -> None:
    vectors, classes = _labels()
    wrong = np.append(classes, 2)
    beside = np.vstack([vectors, vectors[:1] + 5])
    weights = np.append(np.ones(60), 0.0)
    alone = _on_gram(vectors, classes, np.ones(60))
    assert _on_gram(beside, wrong, weights).slopes == pytest.approx(alone.slopes, abs=1e-3)
    found = least_squares.on_vectors(beside, wrong, weights, ridge=2.0)
    assert found.slopes == pytest.approx(alone.slopes, abs=1e-4)


def test_on_two_classes_it_is_the_hinge_loss_to_the_last_bit() -> None:
    vectors, classes = _labels(classes=2)
    squared = linear_svm.fit(vectors, classes, SQUARED, count=2, seed=0)
    hinge = linear_svm.fit(vectors, classes, LinearSvmOptions(), count=2, seed=0)
    assert np.array_equal(squared.decide(vectors), hinge.decide(vectors))


@pytest.mark.parametrize("count", [60, 400])
def test_several_classes_are_told_apart_with_few_labels_and_with_many(count: int) -> None:
    vectors, classes = _labels(count, size=24, classes=5)
    learner = linear_svm.fit(vectors, classes, SQUARED, count=6, seed=0)
    decided = learner.decide(vectors)
    assert (decided.argmax(axis=1) == classes).mean() > 0.95
    chances = learner.chances(vectors)
    assert chances[:, 5].max() < 1e-3
    assert chances.sum(axis=1) == pytest.approx(np.ones(count), abs=1e-5)


def test_few_labels_and_many_find_the_same_planes(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, classes = _labels(60, size=80)
    in_gram = linear_svm.fit(vectors, classes, SQUARED, count=3, seed=0).decide(vectors)
    monkeypatch.setattr(linear_svm, "MOST_IN_GRAM", 10)
    on_vectors = linear_svm.fit(vectors, classes, SQUARED, count=3, seed=0).decide(vectors)
    assert on_vectors == pytest.approx(in_gram, abs=1e-3)
