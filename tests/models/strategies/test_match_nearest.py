"""Matching to the pool beside the slow and obvious search."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.parts.synthesis_strategies import BandOptions
from models.strategies import match_nearest
from models.strategies.band import Band
from models.strategies.match_nearest import matched
from tests.models.small_worlds import good_vae, situation, strategy


def obvious(apart: np.ndarray) -> tuple[list[int], list[float]]:
    """Let each row of distances (s, m) take its nearest free place, then sort the rest."""
    free = set(range(apart.shape[1]))
    places: list[int] = []
    lengths: list[float] = []
    for each in apart:
        if free:
            place = min(free, key=lambda place: (each[place], place))
            free.remove(place)
            places.append(place)
            lengths.append(float(each[place]))
    nearest = apart.min(axis=0)
    rest = sorted(free, key=lambda place: (nearest[place], place))
    return places + rest, lengths + [float(nearest[place]) for place in rest]


@given(st.integers(1, 6), st.integers(1, 9), st.integers(0, 1000))
def test_every_sought_image_takes_its_nearest_free_one(s: int, m: int, seed: int) -> None:
    apart = np.random.default_rng(seed).integers(0, 5, (s, m)).astype(np.float32)
    places, lengths = matched(apart)
    assert (places.tolist(), lengths.tolist()) == obvious(apart)


@pytest.mark.parametrize("chunk", [7, 4096])
def test_what_is_posed_are_the_real_images_nearest_to_the_synthesized_ones(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(match_nearest, "CHUNK", chunk)
    here = situation(imagines=good_vae())
    batch = strategy("match_nearest").pose(here, 6, seed=3)
    sought = Band(BandOptions(spacing=0.0, least_chance=0.0, density="off")).pose(here, 6, seed=3)
    vectors = here.features.extract(sought.images)
    apart = np.linalg.norm(vectors[:, None] - here.pool_vectors[here.candidates][None], axis=2)
    places, lengths = obvious(apart)
    assert batch.rows.tolist() == here.candidates[places[:6]].tolist()
    assert np.allclose(-batch.utilities, lengths[:6], atol=1e-2)


def test_matched_images_lie_nearer_to_the_boundary_than_random_ones() -> None:
    here = situation(imagines=good_vae())
    found = strategy("match_nearest").pose(here, 8, seed=1).margins.mean()
    assert found < strategy("random").pose(here, 40, seed=1).margins.mean()


def test_the_images_of_the_paper_may_be_matched_instead() -> None:
    here = situation(imagines=good_vae())
    assert len(strategy("match_nearest", synthesis="gaal").pose(here, 4, seed=1)) == 4
