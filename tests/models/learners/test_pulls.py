"""A decision is the sum of its labels' parts, whatever the linear learner."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from models import catalog
from models.interfaces import Learner
from models.learners import pulls
from models.parts.declaring import Kind

COUNT = 4
LEARNERS: list[tuple[str, dict[str, Any]]] = [
    ("linear_svm", {"several": "one_vs_rest"}),
    ("linear_svm", {"several": "least_squares"}),
    ("logistic_regression", {}),
]


def _world(classes: int, *, labels: int = 60) -> tuple[Any, Any, Any]:
    """Labeled vectors off the origin, and others to decide on."""
    rng = np.random.default_rng(7)
    truth = np.arange(labels, dtype=np.int64) % classes
    centers = 2 * rng.standard_normal((classes, 12)) + 5
    vectors = centers[truth] + rng.standard_normal((labels, 12))
    asked = 5 + 2 * rng.standard_normal((9, 12))
    return vectors.astype(np.float32), truth, asked.astype(np.float32)


def _fit(name: str, options: dict[str, Any], vectors: Any, truth: Any, **more: Any) -> Learner:
    chosen = catalog.read_options(Kind.LEARNER, name, options)
    module = catalog.module(Kind.LEARNER, name)
    learner: Learner = module.fit(vectors, truth, chosen, count=COUNT, seed=0, **more)
    return learner


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize(("name", "options"), LEARNERS)
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("labels", [10, 60])
def test_the_parts_of_a_decision_add_up_to_it_but_for_one_constant(
    name: str, options: dict[str, Any], classes: int, labels: int, *, weighted: bool
) -> None:
    """With more labels than dimensions and with fewer, which is solved in another way."""
    vectors, truth, asked = _world(classes, labels=labels)
    weights = np.linspace(0.2, 1.0, len(truth)) if weighted else None
    learner = _fit(name, options, vectors, truth, weights=weights)
    for first, second in ((0, 1), (1, 0)):
        parts = pulls.between(learner, asked, np.tile([first, second], (len(asked), 1)))
        assert parts is not None
        assert parts.shape == (len(asked), len(vectors))
        decisions = learner.decide(asked).astype(np.float64)
        half = (decisions[:, first] - decisions[:, second]) / 2
        rest = half - parts.sum(axis=1)
        # Least squares divide single precision by a small strength.
        loose = 3e-3 if options.get("several") == "least_squares" else 1e-5
        np.testing.assert_allclose(rest, rest[0], atol=loose * np.ptp(half))


def test_a_pair_of_classes_is_pulled_by_labels_of_these_two_alone() -> None:
    vectors, truth, asked = _world(3)
    learner = _fit("linear_svm", {"several": "one_vs_one"}, vectors, truth)
    parts = pulls.between(learner, asked, np.tile([0, 2], (len(asked), 1)))
    turned = pulls.between(learner, asked, np.tile([2, 0], (len(asked), 1)))
    assert parts is not None
    assert turned is not None
    assert not parts[:, truth == 1].any()
    np.testing.assert_array_equal(parts, -turned)
    # On which side of the two classes' own hyperplane the middle of each class lies.
    middles = np.stack([vectors[truth == each].mean(axis=0) for each in (0, 2)])
    both = pulls.between(learner, middles, np.tile([0, 2], (2, 1)))
    assert both is not None
    near, far = both.sum(axis=1)
    assert near > far


def test_labels_beyond_the_margin_pull_nowhere() -> None:
    vectors, truth, asked = _world(2, labels=200)
    learner = _fit("linear_svm", {}, vectors, truth)
    parts = pulls.between(learner, asked, np.tile([0, 1], (len(asked), 1)))
    assert parts is not None
    sides = learner.decide(vectors)[:, 1] * np.where(truth == 1, 1, -1)
    assert (sides > 1.05).any()
    assert not parts[:, sides > 1.05].any()


def test_other_learners_have_no_such_parts() -> None:
    vectors, truth, asked = _world(2)
    learner = _fit("committee", {}, vectors, truth)
    assert pulls.between(learner, asked[:1], np.array([[0, 1]])) is None
