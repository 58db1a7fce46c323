"""What is logistic regression's own, beyond the contract of learners."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from models.catalog import read_options
from models.interfaces import Indices, Vectors, margins
from models.learners import logistic_regression
from models.learners.linear_learner import LinearLearner
from models.parts.declaring import Kind

COUNT = 150


def digits(*, classes: int) -> tuple[Vectors, Indices]:
    bundled = load_digits(n_class=classes)
    return (bundled.data[:COUNT] / 16).astype(np.float32), bundled.target[:COUNT].astype(np.int64)


def fit(vectors: Vectors, labels: Indices, *, count: int, strength: float = 0.0) -> LinearLearner:
    options = read_options(Kind.LEARNER, "logistic_regression", {"strength": strength})
    return logistic_regression.fit(vectors, labels, options, count=count, seed=1)


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("classes", [2, 10])
@pytest.mark.parametrize("strength", [0.001, 0.1])
def test_a_given_strength_decides_as_scikit_learn_does(
    classes: int, strength: float, many: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if many:
        monkeypatch.setattr(logistic_regression, "MOST_IN_GRAM", 10)
    vectors, labels = digits(classes=classes)
    reference = LogisticRegression(C=1 / (COUNT * strength), max_iter=5000, tol=1e-6)
    expected = reference.fit(vectors, labels).decision_function(vectors)
    found = fit(vectors, labels, count=classes, strength=strength)
    assert found.facts["strength"] == strength
    decided = found.decide(vectors)
    if classes == 2:
        expected = np.stack([-expected, expected], axis=1) / 2
    np.testing.assert_allclose(decided, expected, atol=0.02 * np.abs(expected).max())


def test_two_classes_and_more_have_margins_of_one_kind() -> None:
    """Two columns of a softmax of two are those of the log odds, halved."""
    vectors, labels = digits(classes=2)
    halved = margins(fit(vectors, labels, count=2, strength=0.01).decide(vectors))
    odds = LogisticRegression(C=1 / (COUNT * 0.01)).fit(vectors, labels).predict_log_proba(vectors)
    np.testing.assert_allclose(halved, np.abs(odds[:, 1] - odds[:, 0]) / 2, rtol=0.02, atol=0.01)


def test_noisy_labels_get_a_greater_strength() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(200) % 2
    vectors = rng.standard_normal((200, 40)).astype(np.float32)
    vectors[:, 0] += 4 * labels
    noisy = np.where(rng.random(200) < 0.25, 1 - labels, labels)
    clean, muddled = (fit(vectors, each, count=2) for each in (labels, noisy))
    assert float(str(muddled.facts["strength"])) > 5 * float(str(clean.facts["strength"]))
