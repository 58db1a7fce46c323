"""Latent walks beside a fine-grained look at the whole way."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from models.interfaces import Situation, Vectors
from models.strategies.labeled_images import labeled_pool_rows, latents_of_rows
from models.strategies.replay import render
from models.strategies.walk import Parts, TooFewFrames, crossings, walk
from tests.models.small_worlds import good_vae, situation

FINE = 1000


@lru_cache
def scene(classes: int = 2) -> tuple[Situation, Parts, Vectors, np.ndarray]:
    here = situation(classes=classes, imagines=good_vae(classes))
    assert here.learner is not None
    assert here.generator is not None
    rows, labels = labeled_pool_rows(here)
    latents = latents_of_rows(here, here.generator, rows, np.random.default_rng(0))
    return here, Parts(here.generator, here.features, here.learner), latents, labels


def pair(classes: int = 2) -> tuple[Parts, Vectors, Vectors, tuple[int, int]]:
    _, parts, latents, labels = scene(classes)
    one, other = int(np.flatnonzero(labels == 0)[0]), int(np.flatnonzero(labels == 1)[0])
    return parts, latents[one], latents[other], (0, 1)


def test_the_crossing_is_where_a_fine_look_finds_it() -> None:
    _, parts, latents, labels = scene()
    ones, others = np.flatnonzero(labels == 0)[:6], np.flatnonzero(labels == 1)[:6]
    sides = np.array([[0, 1]] * 6)
    met = crossings(parts, latents[ones], latents[others], sides)
    assert met.found.all()
    for place, (one, other) in enumerate(zip(ones, others, strict=True)):
        shares = np.linspace(0, 1, FINE + 1, dtype=np.float32)[:, None]
        decided = parts.decisions((1 - shares) * latents[one] + shares * latents[other])
        lead = decided[:, 0] - decided[:, 1]
        changes = np.flatnonzero((lead[:-1] > 0) & (lead[1:] <= 0)) / FINE
        assert np.abs(changes - met.shares[place]).min() < 0.005


def test_a_way_on_which_the_learner_never_changes_its_mind_tells_its_closest_point() -> None:
    _, parts, latents, labels = scene()
    same = np.flatnonzero(labels == 0)[:2]
    met = crossings(parts, latents[same[:1]], latents[same[1:]], np.array([[0, 1]]))
    assert not met.found[0]
    assert met.shares[0] in {0, 0.25, 0.5, 0.75, 1}


def test_no_ways_have_no_crossings() -> None:
    _, parts, latents, _ = scene()
    met = crossings(parts, latents[:0], latents[:0], np.empty((0, 2), np.int64))
    assert len(met.found) == len(met.shares) == len(met.latents) == 0


@pytest.mark.parametrize("frames", [3, 4, 15])
@pytest.mark.parametrize("classes", [2, 10])
def test_a_walk_begins_at_a_ends_at_b_and_has_a_frame_at_the_crossing(
    frames: int, classes: int
) -> None:
    parts, start, end, sides = pair(classes)
    found = walk(parts, start, end, frames=frames, sides=sides)
    assert len(found.images) == len(found.latents) == len(found.shares) == frames
    assert np.array_equal(found.latents[[0, -1]], np.stack([start, end]))
    assert (np.diff(found.shares) > 0).all()
    assert found.crossing is not None
    assert 0 < found.crossing < frames - 1
    lead = found.decisions[:, 0] - found.decisions[:, 1]
    assert (lead[: found.crossing] > 0).all()
    # The crossing is exact to a share of the way; there the two classes all but tie.
    assert abs(lead[found.crossing]) < 0.05 * np.abs(lead).max()


def test_every_frame_is_what_its_latent_renders_to_and_nothing_is_left_to_chance() -> None:
    parts, start, end, sides = pair()
    first, again = (walk(parts, start, end, frames=5, sides=sides) for _ in range(2))
    assert np.array_equal(first.images, again.images)
    rendered = np.concatenate([render(parts.generator, each) for each in first.latents])
    assert np.array_equal(first.images, rendered)


def test_sides_left_out_are_what_the_learner_takes_the_ends_for() -> None:
    parts, start, end, sides = pair()
    told, untold = walk(parts, start, end, frames=7, sides=sides), walk(parts, start, end, frames=7)
    assert told.crossing == untold.crossing
    assert np.array_equal(told.images, untold.images)


def test_a_walk_within_one_class_is_even_and_has_no_crossing() -> None:
    parts, start, _, _ = pair()
    found = walk(parts, start, start, frames=4)
    assert found.crossing is None
    assert np.allclose(found.shares, np.linspace(0, 1, 4))


@pytest.mark.parametrize("frames", [-1, 0, 2])
def test_too_few_frames_are_refused_in_a_sentence(frames: int) -> None:
    parts, start, end, sides = pair()
    with pytest.raises(TooFewFrames, match="at least 3 frames"):
        walk(parts, start, end, frames=frames, sides=sides)
