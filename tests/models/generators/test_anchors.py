"""Generators without a network: what they pick, change and blend."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from models import catalog
from models.generators import anchors
from models.generators.anchors import Anchors, drawn
from models.interfaces import Generator, to_bytes, to_unit
from models.parts.declaring import Kind
from tests.models.small_worlds import quiet, world

IMAGES = world(count=60).images


def made(name: str, **options: float) -> Generator:
    found: Generator = catalog.module(Kind.GENERATOR, name).train(
        IMAGES, catalog.read_options(Kind.GENERATOR, name, options), seed=0, progress=quiet
    )
    return found


def test_every_anchor_is_picked_about_as_often_and_by_its_own_number() -> None:
    picked = Anchors(IMAGES)
    rows = torch.arange(60)
    assert torch.equal(picked.rows(picked.picks(rows)), rows)
    normal = torch.randn(60_000, generator=torch.Generator().manual_seed(0))
    counts = torch.bincount(picked.rows(normal), minlength=60)
    assert 800 < int(counts.min()) <= int(counts.max()) < 1200


def test_both_precisions_pick_the_same_anchor() -> None:
    picked = Anchors(IMAGES)
    normal = torch.randn(5000, generator=torch.Generator().manual_seed(1))
    assert torch.equal(picked.rows(normal), picked.rows(normal.double()))


def test_large_pools_leave_a_bounded_number_of_anchors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anchors, "MOST", 20)
    assert drawn(IMAGES, seed=0).shape == (20, 1, 8, 8)
    assert not np.array_equal(drawn(IMAGES, seed=0), drawn(IMAGES, seed=1))
    monkeypatch.setattr(anchors, "MOST_BYTES", 7 * 64)
    assert len(drawn(IMAGES, seed=0)) == 7


def test_zeros_leave_an_image_as_it_is() -> None:
    part = made("perturbation")
    latents = part.encode(to_unit(IMAGES))
    np.testing.assert_array_equal(to_bytes(part.generate(latents.double())), IMAGES)


def test_strength_nothing_changes_nothing_and_more_changes_more() -> None:
    latents = torch.randn(50, 25, generator=torch.Generator().manual_seed(2))
    plain, some, more = (
        made("perturbation", strength=each).generate(latents) for each in (0.0, 0.5, 2.0)
    )
    assert set(map(bytes, to_bytes(plain))) <= set(map(bytes, IMAGES))
    assert 0 < float((some - plain).abs().mean()) < float((more - plain).abs().mean())


def test_an_encoded_image_is_hardly_blended_and_more_of_the_share_goes_to_a_neighbor() -> None:
    part = made("interpolation", neighbors=3)
    latents = part.encode(to_unit(IMAGES))
    begin = part.generate(latents)
    assert float((begin - to_unit(IMAGES)).abs().max()) < 0.03
    latents[:, 1] = 20.0
    latents[:, 2:] = torch.tensor([20.0, -20.0, -20.0])
    reached = to_bytes(part.generate(latents))
    assert set(map(bytes, reached)) <= set(map(bytes, IMAGES))
    assert (reached != IMAGES).any(axis=(1, 2, 3)).all()


def test_four_images_are_enough_to_blend() -> None:
    few = IMAGES[:4]
    options = catalog.read_options(Kind.GENERATOR, "interpolation", {"neighbors": 8})
    part = catalog.module(Kind.GENERATOR, "interpolation").train(
        few, options, seed=0, progress=quiet
    )
    assert part.latent_size == 2 + 3
