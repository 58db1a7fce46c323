"""What holds for every generator in the catalogue."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
import torch

from models import catalog, lessons
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

pytestmark = pytest.mark.slow

NAMES = [each.name for each in catalog.entries(Kind.GENERATOR)]
#: Those that learn, in epochs; the others only draw images from the pool.
LEARNING = [
    each.name
    for each in catalog.entries(Kind.GENERATOR)
    if "epochs" in {option.name for option in fields(each.options)}
]
HUGE = ImageShape(3, 128, 128)
every = pytest.mark.parametrize("name", NAMES)
learning = pytest.mark.parametrize("name", LEARNING)


def _latents(part: Generator, count: int = 5) -> torch.Tensor:
    return torch.randn(count, part.latent_size, generator=torch.Generator().manual_seed(2))


def _load(name: str, checkpoint: Checkpoint) -> Generator:
    found: Generator = catalog.module(Kind.GENERATOR, name).load(checkpoint)
    return found


@every
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_latents_become_unit_images_of_the_pools_size(name: str, shape: ImageShape) -> None:
    part = generator(name, shape)
    assert part.shape == shape
    images = part.generate(_latents(part))
    assert images.shape == (5, shape.channels, shape.height, shape.width)
    assert images.dtype == torch.float32
    assert 0 <= float(images.min()) <= float(images.max()) <= 1


@every
@pytest.mark.parametrize("shape", [LARGE, HUGE], ids=str)
def test_large_images_are_learned_too(
    name: str, shape: ImageShape, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lessons, "COMPARED", 8)
    once = {**HURRIED[name], "least_steps": 1} if name in LEARNING else HURRIED[name]
    part = catalog.module(Kind.GENERATOR, name).train(
        world(shape, count=64).images,
        catalog.read_options(Kind.GENERATOR, name, once),
        seed=0,
        progress=quiet,
    )
    images = part.generate(_latents(part, 2).double())
    assert images.shape == (2, shape.channels, shape.height, shape.width)
    assert 0 <= float(images.min()) <= float(images.max()) <= 1


@every
def test_no_latent_becomes_no_image(name: str) -> None:
    part = generator(name)
    assert part.generate(_latents(part, 0)).shape == (0, 1, 8, 8)


@every
def test_one_row_has_no_effect_on_another(name: str) -> None:
    part = generator(name)
    latents = _latents(part)
    alone = torch.cat([part.generate(each[None]) for each in latents])
    assert torch.allclose(part.generate(latents), alone, atol=1e-6)


@every
def test_a_slope_flows_back_to_the_latents(name: str) -> None:
    part = generator(name)
    latents = _latents(part).requires_grad_()
    part.generate(latents).sum().backward()
    assert latents.grad is not None
    assert bool((latents.grad.abs().sum(dim=1) > 0).all())


@every
def test_double_precision_shows_the_same_images_more_exactly(name: str) -> None:
    part = generator(name)
    exact = part.generate(_latents(part).double())
    assert exact.dtype == torch.float64
    assert torch.allclose(exact.float(), part.generate(_latents(part)), atol=1e-4)


@every
def test_encoding_works_or_says_that_it_does_not(name: str) -> None:
    part = generator(name)
    images = to_unit(world().images[:6])
    if part.encodes:
        assert part.encode(images).shape == (6, part.latent_size)
    else:
        with pytest.raises(ModelError, match="cannot encode the 6 images; choose the vae"):
            part.encode(images)


@every
def test_the_same_seed_learns_the_same_and_another_seed_does_not(name: str) -> None:
    options = catalog.read_options(Kind.GENERATOR, name, HURRIED[name])
    first, again = (
        catalog.module(Kind.GENERATOR, name).train(world().images, options, seed=4, progress=quiet)
        for _ in range(2)
    )
    assert to_blob(first.checkpoint()) == to_blob(again.checkpoint())
    other = trained(Kind.GENERATOR, name, seed=5)
    # What only draws from a small pool draws all of it, whatever the seed.
    same = to_blob(other.checkpoint()) == to_blob(first.checkpoint())
    assert same is (name not in LEARNING)


@every
def test_a_checkpoint_draws_the_same_images_after_its_way_through_a_blob(name: str) -> None:
    part = generator(name)
    again = _load(name, from_blob(to_blob(part.checkpoint())))
    for latents in (_latents(part), _latents(part).double()):
        assert torch.equal(part.generate(latents), again.generate(latents))
    if part.encodes:
        images = to_unit(world().images[:4])
        assert torch.equal(part.encode(images), again.encode(images))


@every
def test_progress_ends_at_one_with_what_is_drawn_then(name: str) -> None:
    told: list[float] = []
    shown: list[Images] = []

    def progress(share: float, facts: object, samples: Images | None = None) -> None:
        told.append(share)
        if samples is not None:
            shown.append(samples)

    options = catalog.read_options(Kind.GENERATOR, name, HURRIED[name])
    part = catalog.module(Kind.GENERATOR, name).train(
        world().images, options, seed=0, progress=progress
    )
    assert told == sorted(told)
    assert told[-1] == 1
    assert {each.shape for each in shown} == {(64, 1, 8, 8)}
    latents = torch.randn(64, part.latent_size, generator=torch.Generator().manual_seed(0))
    now = to_bytes(part.generate(latents)).astype(int)
    # Training draws in another memory layout, which may round one gray level elsewhere.
    assert np.abs(now - shown[-1]).max() <= 1


@learning
def test_the_facts_tell_which_epoch_was_chosen(name: str) -> None:
    facts = generator(name).checkpoint().facts
    assert 1 <= facts["chosen_epoch"] <= facts["epochs"]
    assert facts["coarse_distance"] >= 0


@learning
def test_a_killed_training_goes_on_as_if_nothing_had_happened(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lessons, "KEEP_BETWEEN", 1)
    monkeypatch.setattr(lessons, "LEAST_BETWEEN", 1)
    # Ten epochs of one step: the judge of wgan_gp takes five steps to one of its maker.
    options = catalog.read_options(
        Kind.GENERATOR, name, {**HURRIED[name], "epochs": 10, "least_steps": 0}
    )
    train = catalog.module(Kind.GENERATOR, name).train
    kept: list[bytes] = []

    def keep(state: Checkpoint) -> None:
        kept.append(to_blob(state))

    whole = train(world().images, options, seed=6, progress=quiet, keep=keep)
    assert len(kept) == 9
    half_way = from_blob(kept[6])
    resumed = train(world().images, options, seed=6, progress=quiet, resume=half_way)
    assert to_blob(resumed.checkpoint()) == to_blob(whole.checkpoint())
    with pytest.raises(CheckpointMismatch, match="another training; begin anew"):
        train(world().images, options, seed=7, progress=quiet, resume=from_blob(kept[0]))


@every
@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_tiny_pool_is_refused_in_words(name: str, count: int) -> None:
    options = catalog.read_options(Kind.GENERATOR, name, {})
    with pytest.raises(PoolTooSmall, match=f"the pool has {count}. Import more images"):
        catalog.module(Kind.GENERATOR, name).train(
            world().images[:count], options, seed=0, progress=quiet
        )


@learning
@pytest.mark.parametrize("shape", [(1, 9, 9), (1, 4, 4), (2, 8, 8), (1, 132, 132)], ids=str)
def test_sizes_that_networks_cannot_take_are_refused_in_words(
    name: str, shape: tuple[int, int, int]
) -> None:
    options = catalog.read_options(Kind.GENERATOR, name, {})
    with pytest.raises(ShapeUnsupported, match="multiple of 4 from 8 to 128, with 1 or 3"):
        catalog.module(Kind.GENERATOR, name).train(
            np.zeros((64, *shape), np.uint8), options, seed=0, progress=quiet
        )


@every
def test_the_checkpoint_of_another_part_is_refused(name: str) -> None:
    with pytest.raises(CheckpointMismatch, match="not of generator"):
        _load(name, Checkpoint("generator", "sketchbook", {}))


@every
def test_weights_of_another_size_are_refused(name: str) -> None:
    kept = generator(name).checkpoint()
    enlarged = Checkpoint(kept.kind, kept.name, {**kept.facts, "latent_size": 9}, kept.tensors)
    with pytest.raises(CheckpointMismatch, match="another network or another image size"):
        _load(name, enlarged)
