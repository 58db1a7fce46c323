"""The quality report on generators whose faults are known, because they were built in."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm
from torch import Tensor

from models.interfaces import Checkpoint, Images, ImageShape, PoolTooSmall, Vectors, to_unit
from models.likeness import covered, frechet, to_nearest, to_nearest_other
from models.quality import Quality, examine
from tests.models.small_worlds import features, world

pytestmark = pytest.mark.slow


class Fake:
    """Makes images by rows of an array, picked by the first number of a latent."""

    latent_size = 4
    encodes = False

    def __init__(self, images: Images) -> None:
        self._images = to_unit(images)

    @property
    def shape(self) -> ImageShape:
        return ImageShape(*self._images.shape[1:])

    def generate(self, latents: Tensor) -> Tensor:
        share = torch.special.ndtr(latents[:, 0].double()).clamp(0, 0.999999)
        return self._images[(share * len(self._images)).long()]

    def encode(self, images: Tensor) -> Tensor:
        raise NotImplementedError

    def checkpoint(self) -> Checkpoint:
        raise NotImplementedError


def parts() -> tuple[Images, Images, Images]:
    whole = world(count=1200, seed=0).images
    return whole[:400], whole[400:800], whole[800:]


def report(made: Images) -> Quality:
    pool, unseen, _ = parts()
    return examine(Fake(made), features(), pool, held_out=unseen, seed=1)


def test_a_generator_that_copies_the_pool_is_found_out() -> None:
    found = report(parts()[0])
    assert found.copied == 1
    assert found.memorizes
    assert found.recall > 0.9


def test_without_unseen_images_copies_are_found_out_too() -> None:
    found = examine(Fake(parts()[0]), features(), parts()[0], seed=1)
    assert found.memorizes


def test_fresh_images_of_the_same_kind_are_as_good_as_real_ones() -> None:
    found = report(parts()[2])
    assert not found.memorizes
    assert found.copied < 0.15
    assert found.frechet < 2 * found.frechet_floor
    assert min(found.recall, found.precision) > 0.7


def test_one_image_again_and_again_recalls_nothing() -> None:
    found = report(parts()[2][:1])
    assert found.recall == 0
    assert found.frechet > 10 * found.frechet_floor


def test_one_class_of_two_is_precise_but_recalls_half() -> None:
    found = report(parts()[2][::2])
    assert found.precision > 0.7
    assert found.recall < 0.5


def test_noise_is_neither_precise_nor_copied() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (300, 1, 8, 8)).astype(np.uint8)
    found = report(noise)
    assert (found.precision, found.copied) == (0, 0)


def test_the_same_seed_gives_the_same_report_and_it_survives_json() -> None:
    first, again = report(parts()[2]), report(parts()[2])
    assert first == again
    assert json.loads(json.dumps(first.facts())) == first.facts()


def test_too_few_images_are_refused_in_words() -> None:
    with pytest.raises(PoolTooSmall):
        examine(Fake(parts()[0]), features(), parts()[0][:3], seed=0)


def normal(seed: int, *, mean: float = 0.0, scale: float = 1.0, count: int = 4000) -> Vectors:
    drawn = np.random.default_rng(seed).normal(mean, scale, (count, 5))
    return drawn.astype(np.float32)


def test_the_distance_of_normal_samples_is_that_of_their_distributions() -> None:
    assert frechet(normal(0), normal(0)) == pytest.approx(0, abs=1e-6)
    # |mean|^2 + d (1 - 2)^2 = 5 * 9 + 5.
    assert frechet(normal(0), normal(1, mean=3, scale=2)) == pytest.approx(50, rel=0.05)


def test_the_distance_agrees_with_the_roots_of_matrices() -> None:
    left = normal(2, count=300) @ np.diag([1, 2, 3, 4, 5]).astype(np.float32)
    right = normal(3, count=200) @ np.triu(np.ones((5, 5), np.float32))
    one, other = np.cov(left.T), np.cov(right.T)
    apart = left.mean(axis=0) - right.mean(axis=0)
    slow = apart @ apart + np.trace(one + other - 2 * sqrtm(one @ other).real)
    assert frechet(left, right) == pytest.approx(float(slow), rel=1e-4)


def test_fewer_vectors_than_numbers_still_have_a_distance() -> None:
    few = np.random.default_rng(0).normal(size=(6, 40)).astype(np.float32)
    assert frechet(few, few) == pytest.approx(0, abs=1e-6)
    with pytest.raises(PoolTooSmall, match="At least two"):
        frechet(few[:1], few)


def test_neighbors_are_those_of_a_slow_search() -> None:
    left, right = normal(4, count=700), normal(5, count=30)
    slow = np.linalg.norm(left[:, None].astype(float) - right[None], axis=2)
    np.testing.assert_allclose(to_nearest(left, right), slow.min(axis=1), rtol=1e-6)
    among = np.linalg.norm(right[:, None].astype(float) - right[None], axis=2)
    np.fill_diagonal(among, np.inf)
    np.testing.assert_allclose(to_nearest_other(right, np.arange(30)), among.min(axis=1), rtol=1e-6)
    reach = np.sort(among, axis=1)[:, 2]
    assert covered(left, by=right) == pytest.approx((slow <= reach).any(axis=1).mean())
