"""Perturbing and interpolating labeled images, beside what they say they do."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import lru_cache
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.interfaces import QueryBatch, Situation, margins
from models.strategies.interpolate import pairs_of_classes
from models.strategies.labeled_images import labeled_pool_rows, latents_of_rows
from tests.models.small_worlds import generator, good_vae, situation, strategy


@lru_cache
def midway(classes: int = 2) -> Situation:
    return situation(classes=classes, imagines=good_vae(classes))


def pose(name: str, here: Situation, count: int = 6, **options: float) -> QueryBatch:
    return strategy(name, **options).pose(here, count, seed=2)


def test_labeled_images_are_found_in_the_pool_and_imagined_ones_left_out() -> None:
    here = midway()
    imagined = pose("simple_gan", here, 3)
    vectors = np.concatenate([here.labeled_vectors, here.features.extract(imagined.images)])
    more = replace(
        here,
        labeled_vectors=vectors,
        labeled_classes=np.concatenate([here.labeled_classes, [0, 1, 0]]),
    )
    rows, labels = labeled_pool_rows(more)
    assert rows.tolist() == list(range(40))
    assert labels.tolist() == here.labeled_classes.tolist()


def test_what_was_asked_and_not_labeled_is_no_anchor() -> None:
    here = midway()
    few = replace(here, labeled_vectors=here.labeled_vectors[3:5], labeled_classes=np.array([1, 0]))
    rows, labels = labeled_pool_rows(few)
    assert rows.tolist() == [3, 4]
    assert labels.tolist() == [1, 0]


def test_without_an_encoder_the_most_alike_of_random_images_stands_for_an_image() -> None:
    here, part = midway(), generator("dcgan")
    latents = latents_of_rows(here, part, np.array([0, 5]), np.random.default_rng(0))
    again = latents_of_rows(here, part, np.array([5]), np.random.default_rng(0))
    assert latents.shape == (2, part.latent_size)
    assert np.array_equal(latents[1:], again)


def test_perturbed_images_lie_at_the_told_distance_from_the_anchors_nearest_to_the_boundary() -> (
    None
):
    here = midway()
    assert here.learner is not None
    assert here.generator is not None
    batch = pose("perturb", here, anchors=3, radius=0.7)
    near = np.argsort(margins(here.learner.decide(here.pool_vectors[:40])), kind="stable")[:3]
    anchors = latents_of_rows(here, here.generator, near, np.random.default_rng(0))
    assert batch.latents is not None
    apart = np.linalg.norm(batch.latents[:, None] - anchors[None], axis=2)
    assert np.isclose(apart, 0.7, atol=1e-3).any(axis=1).all()
    assert (np.diff(batch.utilities) <= 0).all()


@pytest.mark.parametrize("name", ["perturb", "interpolate"])
def test_without_a_labeled_real_image_nothing_is_posed(name: str) -> None:
    here = midway()
    none = replace(
        here, labeled_vectors=here.labeled_vectors[:0], labeled_classes=here.labeled_classes[:0]
    )
    assert len(pose(name, none)) == 0


@pytest.mark.parametrize("classes", [2, 10])
def test_interpolated_images_lie_closer_to_the_boundary_than_random_ones(classes: int) -> None:
    here = midway(classes)
    batch = pose("interpolate", here, 8, bisections=8)
    drawn = pose("simple_gan", here, 8)
    assert int(str(batch.facts["crossed"])) >= 8
    assert batch.margins.mean() < 0.5 * drawn.margins.mean()
    if classes == 2:
        assert batch.margins.max() < 0.1


@given(st.lists(st.integers(0, 4), max_size=30), st.integers(0, 60), st.integers(0, 1000))
def test_pairs_differ_in_class_never_come_twice_and_take_turns(
    labels: list[int], count: int, seed: int
) -> None:
    classes = np.array(labels, dtype=np.int64)
    pairs = pairs_of_classes(classes, count, np.random.default_rng(seed))
    every = {
        frozenset(pair)
        for pair in combinations(range(len(labels)), 2)
        if labels[pair[0]] != labels[pair[1]]
    }
    drawn = [frozenset(map(int, pair)) for pair in pairs]
    assert set(drawn) <= every
    assert len(set(drawn)) == len(drawn) == min(count, len(every))
    kinds = Counter(frozenset(labels[each] for each in pair) for pair in drawn)
    sizes = Counter(frozenset(labels[each] for each in pair) for pair in every)
    most = max(kinds.values(), default=0)
    assert all(kinds[kind] >= min(most - 1, size) for kind, size in sizes.items())
