"""Factored BADGE beside gradients written out in full."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from models.interfaces import Vectors
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
def test_the_same_draws_choose_what_whole_gradients_choose(classes: int) -> None:
    where = situation(classes=classes)
    assert where.learner is not None
    vectors = where.pool_vectors[where.candidates]
    whole = _whole(vectors, where.learner.chances(vectors))
    rng = np.random.default_rng(9)
    chosen = [int(np.argmax((whole**2).sum(axis=1)))]
    rng.uniform()  # The longest is no draw, but takes its turn.
    while len(chosen) < 6:
        apart = np.min([((whole - whole[c]) ** 2).sum(axis=1) for c in chosen], axis=0)
        chosen.append(int(np.searchsorted(apart.cumsum(), rng.uniform(0, apart.sum()))))
    batch = strategy("badge").pose(where, 6, seed=9)
    assert batch.rows.tolist() == where.candidates[chosen].tolist()


def test_later_choices_fall_in_proportion_to_squared_distances() -> None:
    _, _, gradients = _small(8, 3)
    first = int(gradients.squares.argmax())
    drawn = [spread(gradients, 2, rng=np.random.default_rng(seed))[0] for seed in range(2000)]
    assert {int(each[0]) for each in drawn} == {first}
    seconds = Counter(int(each[1]) for each in drawn)
    apart = gradients.squared_distances(first)
    for place, share in enumerate(apart / apart.sum()):
        spare = 5 * np.sqrt(2000 * share * (1 - share)) + 1e-9
        assert abs(seconds[place] - 2000 * share) <= spare


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
