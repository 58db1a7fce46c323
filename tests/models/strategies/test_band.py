"""What the options of the band search promise."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from models.interfaces import QueryBatch, Situation
from models.neighbors import distances, neighborhood
from models.strategies.starts import starts_near_boundary
from tests.models.small_worlds import generator, good_vae, situation, strategy

pytestmark = pytest.mark.slow


@lru_cache
def midway(classes: int = 2) -> Situation:
    return situation(classes=classes, imagines=good_vae(classes))


def pose(here: Situation, count: int = 6, **options: float | str) -> QueryBatch:
    return strategy("band", **options).pose(here, count, seed=2)


def in_typical_distances(here: Situation, batch: QueryBatch) -> np.ndarray:
    apart = distances(here.features.extract(batch.images), here.pool_vectors).min(axis=1)
    return apart / neighborhood(here.pool_vectors).typical


@pytest.mark.parametrize("spacing", [0.3, 0.6])
def test_near_copies_of_pool_images_are_held_back(spacing: float) -> None:
    here = midway()
    free, spaced = (
        pose(here, jitter=2.0, density="off", pool_spacing=each) for each in (0.0, spacing)
    )
    assert (in_typical_distances(here, spaced) >= spacing * 0.99).all()
    assert (in_typical_distances(here, free) < spacing).sum() < len(free) or spaced.facts[
        "near_pool"
    ]
    assert len(pose(here, pool_spacing=10.0)) == 0


def test_every_start_is_posed_or_held_back_by_one_sieve() -> None:
    facts = pose(midway(), pool_spacing=10.0, density="norm", density_share=0.5).facts
    sieves = ("near_asked", "refused", "rare", "near_pool")
    assert sum(int(str(facts[each])) for each in sieves) == facts["starts"]


def test_a_step_away_from_the_encoded_images_poses_others() -> None:
    here = midway()
    assert not np.array_equal(pose(here, jitter=1.0).images, pose(here).images)


@pytest.mark.parametrize("name", ["perturbation", "interpolation"])
def test_generators_that_change_real_images_pose_them_changed(name: str) -> None:
    here = situation(count=96, imagines=generator(name))
    known = {image.tobytes() for image in here.pool_images}
    batch = pose(here)
    assert len(batch) == 6
    assert not any(image.tobytes() in known for image in batch.images)


def test_images_that_are_in_the_band_already_are_posed_as_they_are() -> None:
    here = midway()
    searched, not_searched = (pose(here, width=10.0, steps=steps) for steps in (2, 0))
    assert len(searched) == 6
    assert np.array_equal(searched.images, not_searched.images)
    assert not np.array_equal(pose(here).images, pose(here, steps=0).images)


def test_momentum_gets_into_the_band_as_well() -> None:
    batch = pose(midway(), search="momentum", steps=100)
    assert len(batch) == 6
    assert (batch.margins <= 1.0 + 1e-3).all()


@pytest.mark.parametrize("diversity", ["medoids", "dpp", "none"])
def test_every_way_to_a_diverse_batch_poses_as_many_as_asked(diversity: str) -> None:
    assert len(pose(midway(), diversity=diversity)) == 6


def test_the_best_come_first_without_diversity() -> None:
    utilities = pose(midway(10), width=0.0, diversity="none").utilities
    assert (np.diff(utilities) <= 1e-6).all()


@pytest.mark.parametrize("density", ["norm", "mahalanobis"])
def test_rare_latents_are_held_back(density: str) -> None:
    none = pose(midway(), density=density, density_share=0.0)
    assert int(str(none.facts["rare"])) > 0
    everything = pose(midway(), density=density, density_share=1.0)
    assert len(everything) == 6


@pytest.mark.parametrize(("boundary", "sides"), [("one_vs_rest", 10), ("one_vs_one", 45)])
def test_searches_are_shared_out_evenly_among_classes_or_pairs(boundary: str, sides: int) -> None:
    here, rng = midway(10), np.random.default_rng(0)
    assert here.generator is not None
    starts = starts_near_boundary(here, here.generator, 70, rng, boundary=boundary)
    assert starts.sides is not None
    searches = Counter(map(tuple, starts.sides.tolist()))
    assert len(searches) == sides
    assert max(searches.values()) - min(searches.values()) <= 1


@pytest.mark.parametrize("boundary", ["one_vs_rest", "one_vs_one"])
def test_gaal_descends_to_the_boundary_that_it_was_told(boundary: str) -> None:
    told = strategy("gaal", boundary=boundary, steps=60, restarts=0)
    batch = told.pose(midway(10), 10, seed=1)
    assert (batch.utilities > -0.1).sum() >= 8


@pytest.mark.parametrize("boundary", ["one_vs_rest", "one_vs_one"])
@pytest.mark.parametrize("name", ["band", "gaal"])
def test_two_classes_have_one_boundary_whatever_it_is_called(name: str, boundary: str) -> None:
    quick = {"steps": 5, "restarts": 0} if name == "gaal" else {}
    first = strategy(name, **quick).pose(midway(), 5, seed=1)
    named = strategy(name, boundary=boundary, **quick).pose(midway(), 5, seed=1)
    assert np.array_equal(first.images, named.images)


def test_a_pool_that_is_all_asked_starts_at_random_latents() -> None:
    here = replace(midway(10), candidates=np.empty(0, np.int64))
    assert len(pose(here, boundary="one_vs_one", pool_spacing=0.01)) > 0
