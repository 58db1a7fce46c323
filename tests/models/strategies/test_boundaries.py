"""Boundaries of several classes beside what they say they are."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.strategies.boundaries import boundary, doubt, every_side, gaps, shared_out
from models.strategies.starts import starts_near_boundary
from tests.models.small_worlds import good_vae, situation


def decisions(rows: int, classes: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((rows, classes)).astype(np.float32)


def test_gaps_are_those_of_the_two_best_or_of_the_sides() -> None:
    scores = decisions(6, 4)
    tensor = torch.from_numpy(scores)
    ranked = np.sort(scores, axis=1)
    assert np.allclose(gaps(tensor), (ranked[:, -1] - ranked[:, -2]) / 2)
    ones = np.arange(6)[:, None] % 4
    assert np.allclose(gaps(tensor, ones), np.abs(scores[np.arange(6), ones[:, 0]]))
    pairs = np.array([[0, 3]] * 6)
    assert np.allclose(gaps(tensor, pairs), np.abs(scores[:, 0] - scores[:, 3]) / 2)


def test_sides_are_classes_or_pairs_and_two_classes_have_one_boundary() -> None:
    ones, pairs = every_side("one_vs_rest", 3), every_side("one_vs_one", 4)
    assert ones is not None
    assert pairs is not None
    assert ones.tolist() == [[0], [1], [2]]
    assert pairs.tolist() == [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]
    assert every_side("best_two", 5) is None
    assert every_side("one_vs_one", 2) is None


@given(st.integers(3, 10), st.integers(0, 100), st.integers(0, 1000))
def test_searches_are_shared_out_evenly(classes: int, count: int, seed: int) -> None:
    sides = shared_out(every_side("one_vs_one", classes), count, np.random.default_rng(seed))
    assert sides is not None
    assert sides.shape == (count, 2)
    if count >= classes * (classes - 1) // 2:
        counts = Counter(map(tuple, sides.tolist())).values()
        assert max(counts) - min(counts) <= 1


def test_doubt_about_a_pair_is_large_where_a_third_class_wins() -> None:
    scores = np.array([[1.0, 1.0, -2.0], [1.0, 1.0, 5.0]], np.float32)
    assert doubt(scores, np.array([0, 1])).tolist() == [0, 2]
    assert doubt(scores, np.array([2])).tolist() == [2, 5]


@pytest.mark.parametrize("kind", ["one_vs_rest", "one_vs_one"])
def test_starts_of_ten_classes_lie_in_doubt_about_their_own_side(kind: str) -> None:
    here = situation(classes=10, imagines=good_vae(10))
    assert here.learner is not None
    assert here.generator is not None
    rng = np.random.default_rng(0)
    starts = starts_near_boundary(here, here.generator, 45, rng, boundary=kind)
    assert starts.sides is not None
    assert len(set(starts.rows)) == len(starts.rows) == len(starts.sides) == 45
    assert len({tuple(each) for each in starts.sides}) == (10 if kind == "one_vs_rest" else 45)
    scores = here.learner.decide(here.pool_vectors)
    mine = [
        float(doubt(scores[row : row + 1], side)[0])
        for row, side in zip(starts.rows, starts.sides, strict=True)
    ]
    others = [float(doubt(scores[here.candidates], side).mean()) for side in starts.sides]
    assert np.mean(mine) < 0.7 * np.mean(others)


def test_sides_that_rows_run_out_for_have_no_search() -> None:
    here = situation(classes=10, imagines=good_vae(10))
    assert here.generator is not None
    few = here.candidates[:7]
    starts = starts_near_boundary(
        situation=type(here)(**{**vars(here), "candidates": few}),
        generator=here.generator,
        count=45,
        rng=np.random.default_rng(0),
        boundary="one_vs_one",
    )
    assert starts.sides is not None
    assert len(starts.latents) == len(starts.sides) == len(starts.rows) == 7


def test_the_joined_boundary_is_differentiable_in_every_latent() -> None:
    here = situation(classes=10, imagines=good_vae(10))
    assert here.learner is not None
    assert here.generator is not None
    sides = shared_out(every_side("one_vs_one", 10), 5, np.random.default_rng(1))
    latents = torch.randn(5, 8, generator=torch.Generator().manual_seed(0)).requires_grad_()
    boundary(here.generator, here.features, here.learner, sides)(latents).sum().backward()
    assert latents.grad is not None
    assert (latents.grad.norm(dim=1) > 0).all()
