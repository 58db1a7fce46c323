"""What holds for every generator in the catalogue."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from models import catalog
from models.checkpoints import from_blob, to_blob
from models.interfaces import (
    Checkpoint,
    CheckpointMismatch,
    Generator,
    Images,
    ImageShape,
    ModelError,
    PoolTooSmall,
    ShapeUnsupported,
    to_bytes,
    to_unit,
)
from models.parts.declaring import Kind
from tests.models.small_worlds import HURRIED, LARGE, SHAPES, generator, quiet, trained, world

NAMES = [each.name for each in catalog.entries(Kind.GENERATOR)]
pytestmark = pytest.mark.parametrize("name", NAMES)


def _latents(part: Generator, count: int = 5) -> torch.Tensor:
    return torch.randn(count, part.latent_size, generator=torch.Generator().manual_seed(2))


def _load(name: str, checkpoint: Checkpoint) -> Generator:
    found: Generator = catalog.module(Kind.GENERATOR, name).load(checkpoint)
    return found


@pytest.mark.parametrize("shape", [*SHAPES, LARGE], ids=str)
def test_latents_become_unit_images_of_the_pools_size(name: str, shape: ImageShape) -> None:
    part = generator(name, shape)
    assert part.shape == shape
    images = part.generate(_latents(part))
    assert images.shape == (5, shape.channels, shape.height, shape.width)
    assert images.dtype == torch.float32
    assert 0 <= float(images.min()) <= float(images.max()) <= 1


def test_no_latent_becomes_no_image(name: str) -> None:
    part = generator(name)
    assert part.generate(_latents(part, 0)).shape == (0, 1, 8, 8)


def test_one_row_has_no_effect_on_another(name: str) -> None:
    part = generator(name)
    latents = _latents(part)
    alone = torch.cat([part.generate(each[None]) for each in latents])
    assert torch.allclose(part.generate(latents), alone, atol=1e-6)


def test_a_slope_flows_back_to_the_latents(name: str) -> None:
    part = generator(name)
    latents = _latents(part).requires_grad_()
    part.generate(latents).sum().backward()
    assert latents.grad is not None
    assert bool((latents.grad.abs().sum(dim=1) > 0).all())


def test_double_precision_shows_the_same_images_more_exactly(name: str) -> None:
    part = generator(name)
    exact = part.generate(_latents(part).double())
    assert exact.dtype == torch.float64
    assert torch.allclose(exact.float(), part.generate(_latents(part)), atol=1e-4)


def test_encoding_works_or_says_that_it_does_not(name: str) -> None:
    part = generator(name)
    images = to_unit(world().images[:6])
    if part.encodes:
        assert part.encode(images).shape == (6, part.latent_size)
    else:
        with pytest.raises(ModelError, match="cannot encode the 6 images; choose the vae"):
            part.encode(images)


def test_the_same_seed_learns_the_same_and_another_seed_does_not(name: str) -> None:
    options = catalog.read_options(Kind.GENERATOR, name, HURRIED[name])
    first, again = (
        catalog.module(Kind.GENERATOR, name).train(world().images, options, seed=4, progress=quiet)
        for _ in range(2)
    )
    assert to_blob(first.checkpoint()) == to_blob(again.checkpoint())
    other = trained(Kind.GENERATOR, name, seed=5)
    assert to_blob(other.checkpoint()) != to_blob(first.checkpoint())


def test_a_checkpoint_draws_the_same_images_after_its_way_through_a_blob(name: str) -> None:
    part = generator(name)
    again = _load(name, from_blob(to_blob(part.checkpoint())))
    for latents in (_latents(part), _latents(part).double()):
        assert torch.equal(part.generate(latents), again.generate(latents))
    if part.encodes:
        images = to_unit(world().images[:4])
        assert torch.equal(part.encode(images), again.encode(images))


def test_progress_grows_to_one_and_shows_samples_at_the_end_of_each_epoch(name: str) -> None:
    told: list[float] = []
    shown: list[Images] = []

    def progress(share: float, facts: object, samples: Images | None = None) -> None:
        told.append(share)
        if samples is not None:
            shown.append(samples)

    options = catalog.read_options(
        Kind.GENERATOR, name, {**HURRIED[name], "epochs": 3, "least_steps": 0}
    )
    part = catalog.module(Kind.GENERATOR, name).train(
        world().images, options, seed=0, progress=progress
    )
    assert told == sorted(told)
    assert told[-1] == 1
    assert [each.shape for each in shown] == [(64, 1, 8, 8)] * 3
    latents = torch.randn(64, part.latent_size, generator=torch.Generator().manual_seed(0))
    assert np.array_equal(to_bytes(part.generate(latents)), shown[-1])


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_tiny_pool_is_refused_in_words(name: str, count: int) -> None:
    options = catalog.read_options(Kind.GENERATOR, name, {})
    with pytest.raises(PoolTooSmall, match=f"the pool has {count}. Import more images"):
        catalog.module(Kind.GENERATOR, name).train(
            world().images[:count], options, seed=0, progress=quiet
        )


@pytest.mark.parametrize("shape", [(1, 9, 9), (1, 4, 4), (2, 8, 8), (1, 132, 132)], ids=str)
def test_sizes_that_networks_cannot_take_are_refused_in_words(
    name: str, shape: tuple[int, int, int]
) -> None:
    options = catalog.read_options(Kind.GENERATOR, name, {})
    with pytest.raises(ShapeUnsupported, match="multiple of 4 from 8 to 128, with 1 or 3"):
        catalog.module(Kind.GENERATOR, name).train(
            np.zeros((64, *shape), np.uint8), options, seed=0, progress=quiet
        )


def test_the_checkpoint_of_another_part_is_refused(name: str) -> None:
    with pytest.raises(CheckpointMismatch, match="not of generator"):
        _load(name, Checkpoint("generator", "sketchbook", {}))


def test_weights_of_another_size_are_refused(name: str) -> None:
    kept = generator(name).checkpoint()
    enlarged = Checkpoint(kept.kind, kept.name, {**kept.facts, "latent_size": 9}, kept.tensors)
    with pytest.raises(CheckpointMismatch, match="another network or another image size"):
        _load(name, enlarged)
