"""The density gate beside counting."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.strategies.latent_density import common
from models.strategies.starts import encoded
from tests.models.small_worlds import generator, good_vae, situation

pytestmark = pytest.mark.slow


def test_the_norm_lets_through_the_told_share_of_standard_normal_latents() -> None:
    here, part = situation(), good_vae()
    latents = np.random.default_rng(0).standard_normal((20_000, 8)).astype(np.float32)
    passed = common(latents, here, part, density="norm", share=0.9)
    assert passed.mean() == pytest.approx(0.9, abs=0.01)
    lengths = np.linalg.norm(latents, axis=1)
    assert lengths[passed].max() <= lengths[~passed].min()


def test_mahalanobis_lets_through_the_told_share_of_the_encoded_pool_and_nothing_far_off() -> None:
    here, part = situation(), good_vae()
    latents = encoded(part, here.pool_images)
    passed = common(latents, here, part, density="mahalanobis", share=0.8)
    assert passed.mean() == pytest.approx(0.8, abs=0.02)
    assert not common(latents + 20, here, part, density="mahalanobis", share=1.0).any()


def test_off_lets_everything_through_and_needs_no_encoder() -> None:
    latents = np.full((3, 8), 100, np.float32)
    assert common(latents, situation(), generator("dcgan"), density="off", share=0.0).all()


def test_where_nothing_can_be_encoded_lengths_decide() -> None:
    latents = np.concatenate([np.zeros((3, 8)), np.full((2, 8), 100)]).astype(np.float32)
    told = [
        common(latents, situation(), generator("dcgan"), density=each, share=0.9).tolist()
        for each in ("norm", "mahalanobis")
    ]
    assert told == [[True, True, True, False, False]] * 2


def test_where_only_the_image_is_encoded_lengths_decide() -> None:
    part = generator("perturbation")
    near = np.random.default_rng(0).normal(0, 0.3, (5, part.latent_size)).astype(np.float32)
    latents = np.concatenate([near, 100 * near])
    passed = common(latents, situation(), part, density="mahalanobis", share=0.8)
    assert passed.tolist() == [True] * 5 + [False] * 5


@pytest.mark.parametrize("density", ["off", "norm", "mahalanobis"])
def test_no_latents_give_no_verdicts(density: str) -> None:
    here = replace(situation(), candidates=np.empty(0, np.int64))
    assert common(
        np.empty((0, 8), np.float32), here, good_vae(), density=density, share=0.9
    ).shape == (0,)
