"""Strips lead from one labeled class to the other and cross where the learner changes its mind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.interfaces import PartMissing, Situation
from models.strategies import strips
from models.strategies.replay import render
from models.strategies.strips import FRAMES, Strip
from tests.models.small_worlds import good_vae, situation


@pytest.fixture(scope="module")
def here() -> Situation:
    return situation(imagines=good_vae(2))


@pytest.fixture(scope="module")
def posed(here: Situation) -> list[Strip]:
    return strips.pose(here, 4, seed=1)


def test_every_strip_crosses_the_boundary_at_the_frame_it_names(
    here: Situation, posed: list[Strip]
) -> None:
    assert len(posed) == 4
    assert here.learner is not None
    for strip in posed:
        one, other = strip.sides
        leads = strip.walk.decisions[:, one] - strip.walk.decisions[:, other]
        assert len(strip.walk.images) == FRAMES
        assert leads[0] > 0
        assert leads[strip.crossing - 1] > 0 >= leads[strip.crossing]


def test_frames_can_be_made_again_from_their_latents(here: Situation, posed: list[Strip]) -> None:
    assert here.generator is not None
    walk = posed[0].walk
    for latent, image in zip(walk.latents, walk.images, strict=True):
        assert np.array_equal(render(here.generator, latent), image[None])


def test_the_same_seed_poses_the_same_and_another_others(
    here: Situation, posed: list[Strip]
) -> None:
    again = strips.pose(here, 4, seed=1)
    assert [each.walk.images.tobytes() for each in again] == [
        each.walk.images.tobytes() for each in posed
    ]
    other = strips.pose(here, 4, seed=2)
    assert other[0].walk.images.tobytes() != posed[0].walk.images.tobytes()


def test_a_crossing_that_people_saw_is_not_posed_again(here: Situation, posed: list[Strip]) -> None:
    seen = here.features.extract(posed[0].walk.images[[posed[0].crossing]])
    later = replace(here, asked_vectors=np.concatenate([here.asked_vectors, seen]))
    first = strips.pose(later, 1, seed=1)[0]
    assert first.walk.images.tobytes() != posed[0].walk.images.tobytes()


def test_one_labeled_class_leads_nowhere(here: Situation) -> None:
    only = here.labeled_classes == 0
    alone = replace(
        here,
        labeled_vectors=here.labeled_vectors[only],
        labeled_classes=here.labeled_classes[only],
    )
    assert strips.pose(alone, 3, seed=0) == []


def test_without_a_generator_it_says_what_is_missing(here: Situation) -> None:
    with pytest.raises(PartMissing, match="generator"):
        strips.pose(replace(here, generator=None), 1, seed=0)
