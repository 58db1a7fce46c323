"""Strategies beside the obvious way to compute what they claim."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
import torch

from models.interfaces import QueryBatch, Situation, Vectors, margins, to_bytes
from models.neighbors import distances, neighborhood
from models.recognizability import CUES, Recognizability
from models.strategies.clustering import medoids
from tests.models.small_worlds import good_vae, situation, strategy

BOTH = pytest.mark.parametrize("classes", [2, 10])


def pose(name: str, here: Situation, count: int, **options: float) -> QueryBatch:
    return strategy(name, **options).pose(here, count, seed=2)


@lru_cache
def midway(classes: int = 2) -> Situation:
    return situation(classes=classes, imagines=good_vae(classes))


def gaps(here: Situation, vectors: Vectors) -> Vectors:
    assert here.learner is not None
    return margins(here.learner.decide(vectors))


@lru_cache
def in_band(classes: int = 2) -> QueryBatch:
    return pose("band", midway(classes), 6)


@BOTH
def test_margin_poses_the_smallest_margins_in_order(classes: int) -> None:
    here = midway(classes)
    found = gaps(here, here.pool_vectors[here.candidates])
    obvious = here.candidates[np.argsort(found, kind="stable")[:7]]
    assert pose("margin", here, 7).rows.tolist() == obvious.tolist()


@BOTH
def test_diversified_margin_poses_among_a_few_times_as_many_nearest(classes: int) -> None:
    here = midway(classes)
    found = gaps(here, here.pool_vectors[here.candidates])
    nearest = here.candidates[np.argsort(found, kind="stable")[:12]]  # 2.4 x 5
    rows = pose("diverse_margin", here, 5).rows
    assert set(rows) <= set(nearest)
    assert set(rows) != set(nearest[:5])


def test_medoids_are_distinct_members_that_cover_clusters_one_each() -> None:
    rng = np.random.default_rng(0)
    centers = 20 * rng.standard_normal((6, 4))
    vectors = (centers.repeat(10, axis=0) + rng.standard_normal((60, 4))).astype(np.float32)
    rows, apart = medoids(vectors, 6, seed=0)
    assert sorted(rows // 10) == list(range(6))
    for row, length in zip(rows, apart, strict=True):
        members = vectors[row // 10 * 10 :][:10]
        to_middle = distances(members.mean(axis=0, keepdims=True), members)[0]
        assert row % 10 == to_middle.argmin()
        assert length == pytest.approx(to_middle.min(), rel=1e-3)


def test_medoids_of_equal_vectors_are_still_distinct() -> None:
    rows, _ = medoids(np.ones((5, 3), dtype=np.float32), 4, seed=0)
    assert len(set(rows.tolist())) == 4


@BOTH
def test_band_search_tells_truly_how_many_found_the_band(classes: int) -> None:
    batch = in_band(classes)
    inside = (batch.margins <= 1.0).sum()
    assert len(batch) == 6
    assert inside <= int(str(batch.facts["in_band"])) <= int(str(batch.facts["starts"]))
    # The utility is the chance (one without a recognizer) less what lies beyond the band.
    np.testing.assert_allclose(batch.utilities, 1 - np.maximum(batch.margins - 1, 0), atol=1e-4)


def test_band_search_gets_into_the_band() -> None:
    assert (in_band().margins <= 1.0).all()


def test_band_search_poses_nothing_close_to_what_was_asked() -> None:
    here, batch = midway(), in_band()
    apart = distances(here.features.extract(batch.images), here.asked_vectors).min(axis=1)
    assert (apart >= 0.5 * neighborhood(here.pool_vectors).typical * 0.999).all()
    everywhere = replace(here, asked_vectors=here.pool_vectors)
    assert len(pose("band", everywhere, 6, spacing=10.0)) == 0


def test_band_search_holds_back_what_people_would_refuse() -> None:
    never = Recognizability(torch.zeros(len(CUES)), torch.tensor(-3.0), {})
    batch = pose("band", replace(midway(), recognizer=never), 6)
    assert len(batch) == 0
    assert int(str(batch.facts["refused"])) > 0


def test_gaal_comes_nearer_to_the_boundary_than_random_latents() -> None:
    here = midway()
    descended, drawn = (pose(name, here, 8).margins for name in ("gaal", "simple_gan"))
    assert descended.mean() < 0.5 * drawn.mean()


def test_simple_gan_shows_what_random_latents_look_like() -> None:
    here = midway()
    assert here.generator is not None
    batch = pose("simple_gan", here, 5)
    assert batch.latents is not None
    with torch.inference_mode():
        obvious = to_bytes(here.generator.generate(torch.from_numpy(batch.latents)))
    assert np.abs(obvious.astype(int) - batch.images.astype(int)).max() <= 1


def test_random_images_fall_evenly_on_the_candidates() -> None:
    here = midway()
    random = strategy("random")
    drawn = np.concatenate([random.pose(here, 50, seed=seed).rows for seed in range(300)])
    rows, counts = np.unique(drawn, return_counts=True)
    expected = len(drawn) / len(here.candidates)
    assert rows.tolist() == here.candidates.tolist()
    assert (np.abs(counts - expected) < 5 * expected**0.5).all()


def test_far_shows_each_class_where_the_learner_is_surest_of_it() -> None:
    here = midway()
    assert here.learner is not None
    sure, drawn = pose("far", here, 6), pose("simple_gan", here, 40)
    assert sure.margins.min() > np.quantile(drawn.margins, 0.75)
    decided = here.learner.decide(here.features.extract(sure.images)).argmax(axis=1)
    assert np.bincount(decided).tolist() == [3, 3]
