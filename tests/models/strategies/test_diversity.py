"""Diverse batches beside the slow and obvious way to choose them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.interfaces import Indices, Vectors
from models.strategies.diversity import diverse_first, kernel, most_probable_subset


def points(count: int, seed: int, dimension: int = 5) -> tuple[Vectors, Vectors]:
    rng = np.random.default_rng(seed)
    vectors = rng.standard_normal((count, dimension)).astype(np.float32)
    return vectors, np.sort(rng.uniform(-1, 1, count).astype(np.float32))[::-1].copy()


def obvious_subset(whole: np.ndarray, count: int) -> list[int]:
    """Try every row in every step and keep the one with the largest determinant."""
    chosen: list[int] = []
    for _ in range(count):
        free = [row for row in range(len(whole)) if row not in chosen]
        sizes = [np.linalg.det(whole[np.ix_([*chosen, row], [*chosen, row])]) for row in free]
        chosen.append(free[int(np.argmax(sizes))])
    return chosen


@settings(max_examples=40)
@given(st.integers(1, 12), st.integers(0, 6), st.integers(0, 10_000))
def test_the_greedy_subset_multiplies_the_determinant_most_in_every_step(
    length: int, count: int, seed: int
) -> None:
    whole = kernel(*points(length, seed))
    wanted = min(count, length)
    assert most_probable_subset(whole, count).tolist() == obvious_subset(whole, wanted)


def test_the_kernel_is_a_covariance_and_halves_likeness_at_the_median_distance() -> None:
    vectors, utilities = points(20, 1)
    whole = kernel(vectors, utilities)
    assert np.allclose(whole, whole.T)
    assert np.linalg.eigvalsh(whole).min() > -1e-9
    likeness = kernel(vectors, np.zeros(20, np.float32))
    assert np.allclose(likeness.diagonal(), 1)
    assert np.median(likeness[np.triu_indices(20, 1)]) == pytest.approx(0.5, abs=1e-6)


def test_copies_are_chosen_once() -> None:
    vectors, utilities = points(4, 2)
    doubled = np.concatenate([vectors, vectors])
    chosen = most_probable_subset(kernel(doubled, np.tile(utilities, 2)), 8)
    assert sorted(chosen % 4) == [0, 1, 2, 3]


def covered(vectors: Vectors, rows: Indices) -> float:
    apart = np.linalg.norm(vectors[:, None] - vectors[rows][None], axis=2)
    return float(apart.min(axis=1).mean())


@pytest.mark.parametrize("diversity", ["medoids", "dpp"])
def test_diverse_batches_cover_candidates_better_than_the_best_ones(diversity: str) -> None:
    rng = np.random.default_rng(0)
    middles = 10 * rng.standard_normal((5, 4))
    vectors = (middles.repeat(8, axis=0) + rng.standard_normal((40, 4))).astype(np.float32)
    utilities = np.linspace(0.1, 0, 40).astype(np.float32)
    order = diverse_first(vectors, utilities, 5, diversity=diversity, seed=0)
    assert sorted(order) == list(range(40))
    assert set(order[:5] // 8) == set(range(5))
    best = diverse_first(vectors, utilities, 5, diversity="none", seed=0)
    assert best.tolist() == list(range(40))
    assert covered(vectors, order[:5]) < covered(vectors, best[:5])


@pytest.mark.parametrize("diversity", ["medoids", "dpp", "none"])
@pytest.mark.parametrize("length", [0, 1, 2])
def test_few_candidates_are_all_kept(diversity: str, length: int) -> None:
    vectors, utilities = points(length, 3)
    order = diverse_first(vectors, utilities, 4, diversity=diversity, seed=0)
    assert sorted(order) == list(range(length))
