"""Augmentation: random, repeatable, and open to slopes."""

from __future__ import annotations

import pytest
import torch

from models.augmentation import augmented, shifted


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("size", [(1, 8, 8), (3, 16, 20)])
def test_the_same_seed_changes_images_alike_and_each_in_its_own_way(
    size: tuple[int, int, int],
) -> None:
    images = torch.rand(1, *size, generator=seeded()).expand(6, *size)
    first = augmented(images, seeded(1))
    assert first.shape == images.shape
    assert torch.equal(first, augmented(images, seeded(1)))
    assert not torch.equal(first[0], first[1])


def test_images_move_by_at_most_an_eighth_and_keep_their_colors() -> None:
    ramp = torch.arange(16.0).expand(40, 1, 16, 16)
    moved = shifted(ramp, seeded())
    by = moved[:, 0, 8, 8] - 8
    assert set(by.tolist()) == {-2.0, -1.0, 0.0, 1.0, 2.0}
    assert (moved.diff(dim=3) >= 0).all()


def test_slopes_reach_what_was_not_cut_out() -> None:
    images = torch.rand(32, 1, 16, 16, generator=seeded()).requires_grad_()
    augmented(images, seeded(2)).sum().backward()
    assert images.grad is not None
    reached = (images.grad != 0).float().mean()
    assert 0.6 < float(reached) < 0.95


def test_no_image_is_no_trouble() -> None:
    assert augmented(torch.zeros(0, 3, 8, 8), seeded()).shape == (0, 3, 8, 8)
