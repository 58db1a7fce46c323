"""What holds for every feature map in the catalogue."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from models import catalog
from models.checkpoints import from_blob, to_blob
from models.interfaces import (
    Checkpoint,
    CheckpointMismatch,
    Features,
    ImageShape,
    PoolTooSmall,
    to_unit,
)
from models.parts.declaring import Kind
from tests.models.small_worlds import LARGE, SHAPES, SMALL, features, hurried, quiet, trained, world

NAMES = [each.name for each in catalog.entries(Kind.FEATURES)]
#: Its weights are given, not learned, and fit any image size.
GIVEN = "torchvision_backbone"
pytestmark = [pytest.mark.parametrize("name", NAMES), pytest.mark.slow]


def _load(name: str, checkpoint: Checkpoint) -> Features:
    found: Features = catalog.module(Kind.FEATURES, name).load(checkpoint)
    return found


@pytest.mark.parametrize("shape", [*SHAPES, LARGE], ids=str)
def test_images_of_every_size_become_finite_vectors_of_the_told_dimension(
    name: str, shape: ImageShape
) -> None:
    part = features(name, shape)
    vectors = part.extract(world(shape).images)
    assert vectors.shape == (96, part.dimension)
    assert vectors.dtype == np.float32
    assert np.isfinite(vectors).all()


def test_no_image_becomes_no_vector(name: str) -> None:
    part = features(name)
    none = world().images[:0]
    assert part.extract(none).shape == (0, part.dimension)
    assert part.realism(none).shape == (0,)


def test_the_differentiable_way_gives_the_same_vectors(name: str) -> None:
    part, images = features(name), world().images[:9]
    slow = part.forward(to_unit(images)).detach().numpy()
    assert np.allclose(part.extract(images), slow, atol=1e-5)


def test_a_slope_flows_back_to_the_pixels(name: str) -> None:
    pixels = to_unit(world().images[:3]).requires_grad_()
    features(name).forward(pixels).sum().backward()
    assert pixels.grad is not None
    assert float(pixels.grad.abs().sum()) > 0


def test_each_image_is_mapped_as_if_it_were_alone(name: str) -> None:
    part, images = features(name), world().images[:7]
    alone = np.concatenate([part.extract(images[[i]]) for i in range(7)])
    assert np.allclose(part.extract(images), alone, atol=1e-5)


def test_realism_is_one_finite_number_per_image(name: str) -> None:
    said = features(name).realism(world().images)
    assert said.shape == (96,)
    assert said.dtype == np.float32
    assert np.isfinite(said).all()


def test_the_same_seed_learns_the_same_and_another_seed_need_not(name: str) -> None:
    first, again = (
        catalog.module(Kind.FEATURES, name).train(
            world().images,
            catalog.read_options(Kind.FEATURES, name, hurried(name)),
            seed=4,
            progress=quiet,
        )
        for _ in range(2)
    )
    assert to_blob(first.checkpoint()) == to_blob(again.checkpoint())
    if first.checkpoint().tensors and name != GIVEN:
        other = trained(Kind.FEATURES, name, seed=5)
        assert to_blob(other.checkpoint()) != to_blob(first.checkpoint())


def test_a_checkpoint_gives_the_same_vectors_after_its_way_through_a_blob(name: str) -> None:
    part, images = features(name), world().images
    again = _load(name, from_blob(to_blob(part.checkpoint())))
    assert np.array_equal(part.extract(images), again.extract(images))
    assert np.array_equal(part.realism(images), again.realism(images))


def test_progress_grows_and_ends_at_one(name: str) -> None:
    told: list[float] = []
    catalog.module(Kind.FEATURES, name).train(
        world().images,
        catalog.read_options(Kind.FEATURES, name, hurried(name)),
        seed=0,
        progress=lambda share, *_: told.append(share),
    )
    assert told == sorted(told)
    assert told[-1] == 1


def test_a_pool_without_images_is_refused_in_words(name: str) -> None:
    options = catalog.read_options(Kind.FEATURES, name, {})
    with pytest.raises(PoolTooSmall, match=r"at least .* and the pool has 0. Import more images"):
        catalog.module(Kind.FEATURES, name).train(
            world().images[:0], options, seed=0, progress=quiet
        )


@pytest.mark.parametrize("count", [1, 3])
def test_tiny_pools_are_learned_from_or_refused_by_name(name: str, count: int) -> None:
    images = world().images[:count]
    module = catalog.module(Kind.FEATURES, name)
    try:
        part = module.train(
            images, catalog.read_options(Kind.FEATURES, name, hurried(name)), seed=0, progress=quiet
        )
    except PoolTooSmall:
        return
    assert np.isfinite(part.extract(images)).all()


def test_images_of_another_size_are_refused(name: str) -> None:
    with pytest.raises(CheckpointMismatch, match="works with images of 8 x 8 pixels"):
        features(name).extract(world(SHAPES[1]).images)


def test_the_checkpoint_of_another_part_is_refused(name: str) -> None:
    with pytest.raises(CheckpointMismatch, match="not of features"):
        _load(name, Checkpoint("generator", name, {}))


def test_weights_of_another_size_are_refused(name: str) -> None:
    kept = features(name).checkpoint()
    if not kept.tensors or name == GIVEN:
        return
    other = {"height": 32, "width": 32, "latent_size": 9}
    enlarged = Checkpoint(kept.kind, kept.name, {**kept.facts, **other}, kept.tensors)
    with pytest.raises(CheckpointMismatch, match="another network or another image size"):
        _load(name, enlarged)


def test_a_pool_of_equal_images_gives_finite_vectors(name: str) -> None:
    same = np.repeat(world(SMALL).images[:1], 64, axis=0)
    part = catalog.module(Kind.FEATURES, name).train(
        same, catalog.read_options(Kind.FEATURES, name, hurried(name)), seed=0, progress=quiet
    )
    assert np.isfinite(part.extract(world(SMALL).images)).all()


def test_parts_are_frozen_after_training(name: str) -> None:
    assert not any(
        isinstance(each, torch.Tensor) and each.requires_grad
        for each in features(name).checkpoint().tensors.values()
    )
