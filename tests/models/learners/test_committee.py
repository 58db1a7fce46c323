"""What is the committee's own, beyond the contract of learners."""

from __future__ import annotations

import numpy as np

from models.catalog import read_options
from models.interfaces import Indices, Vectors
from models.learners import committee
from models.learners.committee import Committee
from models.parts.declaring import Kind


def clouds(count: int, *, apart: float) -> tuple[Vectors, Indices]:
    rng = np.random.default_rng(0)
    which = np.arange(count) % 3
    centers = apart * np.eye(3, 10)
    return (centers[which] + rng.normal(size=(count, 10))).astype(np.float32), which


def fit(vectors: Vectors, classes: Indices, *, members: int = 7, count: int = 3) -> Committee:
    options = read_options(Kind.LEARNER, "committee", {"members": members})
    return committee.fit(vectors, classes, options, count=count, seed=2)


def test_chances_are_the_mean_of_the_members_opinions() -> None:
    vectors, classes = clouds(60, apart=2)
    learner = fit(vectors, classes)
    opinions = learner.opinions(vectors)
    assert opinions.shape == (7, 60, 3)
    np.testing.assert_allclose(opinions.sum(axis=2), 1, rtol=1e-5)
    np.testing.assert_allclose(opinions.mean(axis=0), learner.chances(vectors), rtol=1e-5)


def test_members_differ_most_where_the_classes_meet() -> None:
    vectors, classes = clouds(150, apart=3)
    opinions = fit(vectors, classes, members=20).opinions(vectors)
    spread = opinions.std(axis=0).max(axis=1)
    sure = opinions.mean(axis=0).max(axis=1)
    assert spread[sure < 0.8].mean() > 2 * spread[sure > 0.98].mean()


def test_a_class_with_one_label_is_drawn_by_every_member() -> None:
    vectors, classes = clouds(60, apart=4)
    rows = np.flatnonzero((classes < 2) | (np.arange(60) == 2))
    opinions = fit(vectors[rows], classes[rows], count=4).opinions(vectors)
    assert (opinions[:, :, 2].max(axis=1) > 0).all()
    assert (opinions[:, :, 3] == 0).all()


def test_with_many_labels_the_members_are_about_the_same(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    vectors, classes = clouds(90, apart=3)
    exact = fit(vectors, classes).decide(vectors)
    monkeypatch.setattr(committee, "MOST_IN_GRAM", 10)
    many = fit(vectors, classes).decide(vectors)
    assert (exact.argmax(axis=1) == many.argmax(axis=1)).mean() > 0.95
