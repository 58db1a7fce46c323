"""Committees beside votes counted by hand, and draws beside the distribution they come from."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from models.interfaces import Vectors
from models.parts.pool_strategies import CommitteeOptions
from models.strategies.committee import build
from models.strategies.committees import bootstrap, divergences, vote_entropies
from models.strategies.laplace import deviations, posterior
from tests.models.small_worlds import situation, strategy

BOTH = pytest.mark.parametrize("classes", [2, 10])
EITHER = pytest.mark.parametrize("form", [bootstrap, posterior])


def _some_chances(classes: int) -> Vectors:
    drawn = np.random.default_rng(classes).dirichlet(np.ones(classes), (9, 6))
    return drawn.astype(np.float32)


@BOTH
def test_vote_entropy_is_the_entropy_of_votes_counted_by_hand(classes: int) -> None:
    chances = _some_chances(classes)
    for image, found in zip(chances, vote_entropies(chances), strict=True):
        votes = Counter(int(member.argmax()) for member in image)
        obvious = -sum(n / 6 * math.log(n / 6) for n in votes.values())
        assert found == pytest.approx(obvious, abs=1e-5)


@BOTH
def test_divergence_is_the_mean_divergence_of_members_from_their_mean(classes: int) -> None:
    chances = _some_chances(classes)
    for image, found in zip(chances.astype(float), divergences(chances), strict=True):
        mean = image.mean(axis=0)
        obvious = np.mean([np.sum(member * np.log(member / mean)) for member in image])
        assert found == pytest.approx(obvious, abs=1e-5)


@EITHER
@BOTH
def test_members_know_their_labels_and_differ(form, classes: int) -> None:  # type: ignore[no-untyped-def]
    where = situation(classes=classes)
    members = form(where.labeled_vectors, where.labeled_classes, members=7, seed=1)
    chances = members.chances(where.labeled_vectors)
    assert chances.shape == (40, 7, classes)
    np.testing.assert_allclose(chances.sum(axis=2), 1, rtol=1e-4)
    right = chances.mean(axis=1).argmax(axis=1) == where.labeled_classes
    assert right.mean() > 0.85
    assert chances.std(axis=1).max() > 0.001


@EITHER
def test_two_labels_make_a_committee(form) -> None:  # type: ignore[no-untyped-def]
    vectors = np.array([[0, 1], [1, 0]], np.float32)
    members = form(vectors, np.array([3, 5]), members=4, seed=0)
    assert members.chances(vectors).mean(axis=1).argmax(axis=1).tolist() == [0, 1]


@EITHER
def test_the_same_seed_forms_the_same_committee(form) -> None:  # type: ignore[no-untyped-def]
    where = situation()
    formed = [
        form(where.labeled_vectors, where.labeled_classes, members=3, seed=seed).weights
        for seed in (1, 1, 2)
    ]
    assert np.array_equal(formed[0], formed[1])
    assert not np.array_equal(formed[0], formed[2])


def test_draws_have_the_covariance_of_the_posterior() -> None:
    rng = np.random.default_rng(0)
    inputs, curvature = rng.standard_normal((3, 4)), np.array([0.25, 0.1, 2.0])
    drawn = deviations(inputs, curvature, precision=0.7, count=100_000, rng=rng)
    precision = 0.7 * np.eye(4) + inputs.T @ np.diag(curvature) @ inputs
    np.testing.assert_allclose(np.cov(drawn.T), np.linalg.inv(precision), atol=0.03)
    np.testing.assert_allclose(drawn.mean(axis=0), 0, atol=0.02)


@pytest.mark.parametrize("disagreement", ["divergence", "vote_entropy"])
@BOTH
def test_a_committee_poses_what_it_disagrees_on_most(classes: int, disagreement: str) -> None:
    where = situation(classes=classes)
    members = bootstrap(where.labeled_vectors, where.labeled_classes, members=5, seed=4)
    chances = members.chances(where.pool_vectors[where.candidates])
    measure = {"divergence": divergences, "vote_entropy": vote_entropies}[disagreement]
    strategy = build(CommitteeOptions(members=5, disagreement=disagreement))
    batch = strategy.pose(where, 6, seed=4)
    best = np.sort(measure(chances))[::-1][:6]
    np.testing.assert_allclose(batch.utilities, best, atol=1e-6)


def test_among_equally_disputed_images_chance_decides() -> None:
    where = situation()
    vectors = where.pool_vectors.copy()
    vectors[where.candidates] = vectors[0]
    where = replace(where, pool_vectors=vectors)
    batches = [strategy("committee").pose(where, 5, seed=seed).rows.tolist() for seed in (1, 1, 2)]
    assert batches[0] == batches[1] != batches[2]


@BOTH
def test_bald_poses_the_largest_mutual_information(classes: int) -> None:
    where = situation(classes=classes)
    members = posterior(where.labeled_vectors, where.labeled_classes, members=20, seed=4)
    told = divergences(members.chances(where.pool_vectors[where.candidates]))
    batch = strategy("bald").pose(where, 6, seed=4)
    np.testing.assert_allclose(batch.utilities, np.sort(told)[::-1][:6], atol=1e-6)
