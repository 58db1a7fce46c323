"""Factored BADGE beside gradients written out in full."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from models.interfaces import Vectors
from models.strategies import badge
from models.strategies.badge import Gradients, spread
from models.strategies.pool_rows import Drawn
from tests.models.small_worlds import situation, strategy


def _whole(vectors: Vectors, chances: Vectors) -> Vectors:
    """Return gradients (n, k d) of the log-loss at the likeliest class, by all weights."""
    gradients = []
    for vector, chance in zip(vectors, chances, strict=True):
        residual = chance.astype(float) - np.eye(len(chance))[chance.argmax()]
        gradients.append(np.outer(residual, vector).ravel())
    return np.array(gradients)


def _small(count: int, classes: int, seed: int = 0) -> tuple[Vectors, Vectors, Gradients]:
    rng = np.random.default_rng(seed)
    vectors = rng.standard_normal((count, 5)).astype(np.float32)
    chances = rng.dirichlet(np.ones(classes), count).astype(np.float32)
    drawn = Drawn(np.arange(count), vectors, np.arange(count))
    return vectors, chances, Gradients.of(drawn, chances)


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_factored_distances_are_those_of_whole_gradients(classes: int) -> None:
    vectors, chances, gradients = _small(20, classes)
    whole = _whole(vectors, chances)
    np.testing.assert_allclose(gradients.squares, (whole**2).sum(axis=1), rtol=1e-5)
    for place in range(20):
        obvious = ((whole - whole[place]) ** 2).sum(axis=1)
        np.testing.assert_allclose(gradients.squared_distances(place), obvious, atol=1e-5)


@pytest.mark.parametrize("classes", [2, 10])
def test_the_first_is_the_longest_and_the_rest_differ(classes: int) -> None:
    where = situation(classes=classes)
    assert where.learner is not None
    vectors = where.pool_vectors[where.candidates]
    whole = _whole(vectors, where.learner.chances(vectors))
    batch = strategy("badge").pose(where, 6, seed=9)
    places = np.searchsorted(where.candidates, batch.rows)
    assert places[0] == np.argmax((whole**2).sum(axis=1))
    for number in range(1, 6):
        before, mine = whole[places[:number]], whole[places[number]]
        nearest = ((before - mine) ** 2).sum(axis=1).min()
        np.testing.assert_allclose(batch.utilities[number], nearest, rtol=1e-4)


@pytest.mark.parametrize("patience", [1, 128])
def test_choices_fall_in_proportion_to_squared_distances_of_whole_gradients(
    patience: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(badge, "PATIENCE", patience)
    vectors, chances, gradients = _small(6, 3)
    whole = _whole(vectors, chances)
    apart = ((whole[:, None] - whole[None]) ** 2).sum(axis=2)
    first = int((whole**2).sum(axis=1).argmax())
    expected = Counter[tuple[int, ...]]()
    for second, third in permutations(set(range(6)) - {first}, 2):
        near = np.minimum(apart[first], apart[second])
        expected[first, second, third] = (
            apart[first, second] / apart[first].sum() * near[third] / near.sum()
        )
    tries = 4000
    found = Counter(
        tuple(spread(gradients, 3, rng=np.random.default_rng(seed))[0].tolist())
        for seed in range(tries)
    )
    assert found.keys() <= expected.keys()
    for three, share in expected.items():
        assert abs(found[three] - tries * share) <= 5 * np.sqrt(tries * share) + 1


def test_equal_gradients_are_chosen_once_each() -> None:
    vectors, chances, _ = _small(4, 3)
    places = np.array([0, 1, 2, 3, 0, 1, 2, 3])
    drawn = Drawn(np.arange(8), vectors, places)
    chosen, _ = spread(Gradients.of(drawn, chances[places]), 8, rng=np.random.default_rng(0))
    assert len({int(each) % 4 for each in chosen[:4]}) == 4


def test_without_any_doubt_there_is_no_gradient_and_the_batch_is_filled_all_the_same() -> None:
    where = situation()
    vectors = np.zeros_like(where.pool_vectors)
    batch = strategy("badge").pose(replace(where, pool_vectors=vectors), 5, seed=0)
    assert len(set(batch.rows.tolist())) == 5
