"""One hyperplane per pair of classes: beside scikit-learn's, how pairs vote, what is kept."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.svm import SVC

from models.catalog import read_options
from models.checkpoints import from_blob, to_blob
from models.interfaces import Indices, Vectors, margins
from models.learners import hinge, linear_svm
from models.learners.linear_learner import LinearLearner
from models.learners.pairwise import PairwiseLearner, ballot, votes
from models.parts.declaring import Kind

COUNT = 200


def digits(*, classes: int) -> tuple[Vectors, Indices]:
    bundled = load_digits(n_class=classes)
    return (bundled.data[:COUNT] / 16).astype(np.float32), bundled.target[:COUNT].astype(np.int64)


def fit(
    vectors: Vectors, labels: Indices, *, count: int, strength: float = 0.0
) -> LinearLearner | PairwiseLearner:
    options = {"several": "one_vs_one", "strength": strength}
    return linear_svm.fit(
        vectors, labels, read_options(Kind.LEARNER, "linear_svm", options), count=count, seed=1
    )


def test_every_pair_is_what_scikit_learn_finds_for_these_two_classes() -> None:
    vectors, labels = digits(classes=4)
    wide = vectors.astype(np.float64)
    gram = wide @ wide.T
    planes = hinge.pairs_on_gram(gram, labels, strength=0.01)
    rows = np.mean(
        [(labels == a).sum() + (labels == b).sum() for a, b in combinations(range(4), 2)]
    )
    for index, (near, far) in enumerate(combinations(range(4), 2)):
        chosen = (labels == near) | (labels == far)
        alone = SVC(kernel="linear", C=1 / (rows * 0.01), random_state=0)
        expected = alone.fit(wide[chosen], labels[chosen] == far).decision_function(wide)
        np.testing.assert_allclose(planes.sides(gram)[:, index], expected, atol=0.02)


@pytest.mark.parametrize("strength", [0.0, 0.01])
def test_ten_classes_are_told_apart(strength: float) -> None:
    vectors, labels = digits(classes=10)
    learner = fit(vectors, labels, count=10, strength=strength)
    assert isinstance(learner, PairwiseLearner)
    assert (learner.decide(vectors).argmax(axis=1) == labels).mean() > 0.97
    rest = load_digits()
    held, truth = (rest.data[COUNT:] / 16).astype(np.float32), rest.target[COUNT:]
    assert (learner.decide(held).argmax(axis=1) == truth).mean() > 0.82


def test_two_classes_share_one_hyperplane_as_ever() -> None:
    vectors, labels = digits(classes=2)
    assert isinstance(fit(vectors, labels, count=2), LinearLearner)


def test_next_to_the_boundary_of_the_two_best_half_the_gap_is_their_distance() -> None:
    table = ballot(np.array([[0, 1], [0, 2], [1, 2]]), 3)
    sides = np.array([[0.3, -1.0, -1.0], [-0.2, -2.0, -2.0], [0.0, -1.5, -1.5]])
    decided = votes(sides, table)
    np.testing.assert_allclose(margins(decided.astype(np.float32)), [0.6, 0.4, 0.0], atol=1e-6)
    assert decided.argmin(axis=1).tolist() == [2, 2, 2]


def test_a_class_that_wins_every_pair_wins() -> None:
    pairs = np.array(list(combinations(range(5), 2)))
    table, rng = ballot(pairs, 5), np.random.default_rng(0)
    for winner in range(5):
        sides = rng.normal(0, 3, (50, len(pairs)))
        near, far = pairs[:, 0] == winner, pairs[:, 1] == winner
        sides[:, near], sides[:, far] = -np.abs(sides[:, near]) - 1, np.abs(sides[:, far]) + 1
        others = np.abs(sides[:, ~near & ~far])
        sides[:, ~near & ~far] = np.minimum(others, 1)
        assert (votes(sides, table).argmax(axis=1) == winner).all()


def test_the_learner_survives_a_checkpoint_and_its_slope_is_the_pairs() -> None:
    vectors, labels = digits(classes=5)
    learner = fit(vectors, labels, count=7)
    again = linear_svm.load(from_blob(to_blob(learner.checkpoint())))
    np.testing.assert_array_equal(learner.decide(vectors), again.decide(vectors))
    np.testing.assert_array_equal(learner.chances(vectors), again.chances(vectors))
    assert (learner.chances(vectors)[:, 5:] == 0).all()
    tensor = torch.from_numpy(vectors[:9]).requires_grad_()
    decisions = again.forward(tensor)
    np.testing.assert_allclose(decisions.detach().numpy(), learner.decide(vectors[:9]), rtol=1e-4)
    decisions[:, 0].sum().backward()
    assert tensor.grad is not None
    assert (tensor.grad.abs().sum(dim=1) > 0).all()


def test_a_class_with_two_labels_joins_in() -> None:
    vectors, labels = digits(classes=4)
    rows = np.flatnonzero((labels < 3) | (np.cumsum(labels == 3) <= 2))
    learner = fit(vectors[rows], labels[rows], count=4)
    decided = learner.decide(vectors[rows]).argmax(axis=1)
    assert (decided == labels[rows]).mean() > 0.97
