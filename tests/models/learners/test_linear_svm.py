"""What is the linear support vector machine's own, beyond the contract of learners."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.svm import SVC, LinearSVC

from models.catalog import read_options
from models.interfaces import Indices, Vectors
from models.learners import calibration, linear_svm
from models.learners.linear_learner import LinearLearner
from models.learners.planes import NEVER
from models.parts.declaring import Kind

COUNT = 150


def digits(*, classes: int) -> tuple[Vectors, Indices]:
    bundled = load_digits(n_class=classes)
    return (bundled.data[:COUNT] / 16).astype(np.float32), bundled.target[:COUNT].astype(np.int64)


def fit(vectors: Vectors, labels: Indices, *, count: int, strength: float = 0.0) -> LinearLearner:
    options = read_options(Kind.LEARNER, "linear_svm", {"strength": strength})
    found = linear_svm.fit(vectors, labels, options, count=count, seed=1)
    assert isinstance(found, LinearLearner)
    return found


@pytest.mark.parametrize("classes", [2, 10])
@pytest.mark.parametrize("strength", [0.001, 0.1])
def test_a_given_strength_decides_as_scikit_learn_does(classes: int, strength: float) -> None:
    vectors, labels = digits(classes=classes)
    reference = SVC(kernel="linear", C=1 / (COUNT * strength), random_state=0, tol=1e-5)
    ones = range(classes) if classes > 2 else [1]
    expected = np.stack(
        [reference.fit(vectors, labels == one).decision_function(vectors) for one in ones], axis=1
    )
    found = fit(vectors, labels, count=classes, strength=strength).decide(vectors)
    if classes == 2:
        expected = np.hstack([-expected, expected])
    assert np.abs(found - expected).max() < 0.02 * np.abs(expected).max()


def test_the_paper_s_strength_is_c_equal_to_one_over_n_gamma() -> None:
    vectors, labels = digits(classes=2)
    reference = LinearSVC(loss="hinge", C=1 / (COUNT * 0.001), random_state=1, max_iter=10_000)
    expected = reference.fit(vectors, labels).decision_function(vectors)
    found = fit(vectors, labels, count=2, strength=0.001).decide(vectors)[:, 1]
    assert np.corrcoef(found, expected)[0, 1] > 0.99


@pytest.mark.parametrize("strength", [0.0, 0.01])
def test_two_classes_are_told_apart_by_one_number_and_its_opposite(strength: float) -> None:
    vectors, labels = digits(classes=2)
    decisions = fit(vectors, labels, count=2, strength=strength).decide(vectors)
    np.testing.assert_array_equal(decisions[:, 0], -decisions[:, 1])


def test_the_strength_does_not_depend_on_the_scale_or_place_of_the_vectors() -> None:
    vectors, labels = digits(classes=10)
    small = fit(vectors, labels, count=10)
    large = fit(100 * vectors + 7, labels, count=10)
    np.testing.assert_allclose(small.decide(vectors), large.decide(100 * vectors + 7), atol=0.01)


def test_the_facts_tell_labels_and_a_strength_that_fits_the_same_again() -> None:
    vectors, labels = digits(classes=10)
    chosen = fit(vectors, labels, count=10)
    assert chosen.facts["labels"] == COUNT
    # Relative to centered vectors of mean squared length one it is one of three.
    spread = ((vectors - vectors.mean(axis=0)) ** 2).sum(axis=1).mean()
    relative = float(str(chosen.facts["strength"])) / spread
    allowed = (linear_svm.USUAL, *linear_svm.OTHERS)
    assert min(abs(relative / each - 1) for each in allowed) < 1e-3


def test_noisy_labels_get_a_greater_strength() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(200) % 2
    vectors = rng.standard_normal((200, 40)).astype(np.float32)
    vectors[:, 0] += 4 * labels
    noisy = np.where(rng.random(200) < 0.25, 1 - labels, labels)

    def relative(learner: LinearLearner) -> float:
        spread = ((vectors - vectors.mean(axis=0)) ** 2).sum(axis=1).mean()
        return float(str(learner.facts["strength"])) / float(spread)

    assert relative(fit(vectors, noisy, count=2)) > 2 * linear_svm.USUAL
    assert relative(fit(vectors, labels, count=2)) < 2 * linear_svm.USUAL


def test_with_many_labels_the_vectors_are_fitted_to_about_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vectors, labels = digits(classes=10)
    exact = fit(vectors, labels, count=10).decide(vectors)
    monkeypatch.setattr(linear_svm, "MOST_IN_GRAM", 10)
    many = fit(vectors, labels, count=10).decide(vectors)
    assert (exact.argmax(axis=1) == many.argmax(axis=1)).mean() > 0.98


def test_a_class_that_was_never_labeled_never_wins() -> None:
    vectors, labels = digits(classes=10)
    known = labels != 4
    decisions = fit(vectors[known], labels[known], count=10).decide(vectors)
    assert (decisions.argmax(axis=1) != 4).all()
    assert (decisions[:, 4] == NEVER).all()


def test_calibrated_chances_tell_more_than_uncalibrated_ones() -> None:
    """A barely regularized machine is far too sure of itself."""
    rng = np.random.default_rng(0)
    labels = np.arange(700) % 2
    vectors = rng.standard_normal((700, 30)).astype(np.float32)
    vectors[:, 0] += 2 * labels
    learner = fit(vectors[:100], labels[:100], count=2, strength=1e-4)
    held, truth = vectors[100:], labels[100:]

    def loss(chances: Vectors) -> float:
        return float(-np.log(chances[np.arange(len(truth)), truth]).mean())

    raw = calibration.chances(learner.decide(held), calibration.USUAL_SHARPNESS)
    assert loss(learner.chances(held)) < 0.8 * loss(raw)
    assert loss(learner.chances(held)) < np.log(2)
