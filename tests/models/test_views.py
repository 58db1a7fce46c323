"""Views: random, repeatable, each image in its own way, and still the same thing."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from models.views import looked_at

SIZES = [(1, 8, 8), (1, 28, 28), (3, 16, 20)]


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def ramps(channels: int, count: int = 64) -> Tensor:
    """Images that grow brighter from left to right."""
    return torch.linspace(0.1, 0.6, 16).expand(count, channels, 16, 16)


def rising(views: Tensor) -> int:
    """Count views that are brighter on the right half of their middle than on the left one."""
    middle = views.mean(dim=1)[:, 6:10, 5:11]
    return int((middle[..., 3:].mean(dim=(1, 2)) > middle[..., :3].mean(dim=(1, 2))).sum())


@pytest.mark.parametrize("size", SIZES)
def test_the_same_seed_looks_alike_and_at_each_image_in_its_own_way(
    size: tuple[int, int, int],
) -> None:
    images = torch.rand(1, *size, generator=seeded()).expand(6, *size)
    first = looked_at(images, seeded(1), mirror=True)
    assert first.shape == images.shape
    assert torch.equal(first, looked_at(images, seeded(1), mirror=True))
    assert len({tuple(each.flatten().tolist()) for each in first}) == 6


@pytest.mark.parametrize("size", SIZES)
def test_a_view_is_an_image_again(size: tuple[int, int, int]) -> None:
    views = looked_at(torch.rand(200, *size, generator=seeded()), seeded(2), mirror=True)
    assert float(views.min()) >= 0
    assert float(views.max()) <= 1
    assert (views.flatten(1).std(dim=1) > 0).all()


@pytest.mark.parametrize("channels", [1, 3])
def test_nothing_is_mirrored_unless_that_is_wished(channels: int) -> None:
    images = ramps(channels)
    assert rising(looked_at(images, seeded(3), mirror=False)) == len(images)
    assert 16 < rising(looked_at(images, seeded(3), mirror=True)) < 48


def test_photographs_sometimes_lose_their_colors() -> None:
    red = torch.zeros(300, 3, 8, 8)
    red[:, 0] = 0.6
    views = looked_at(red, seeded(4), mirror=False)
    apart = views[:, 0].mean(dim=(1, 2)) - views[:, 1:].mean(dim=(1, 2, 3))
    assert 0.1 < float((apart < 0.1).float().mean()) < 0.3


def test_random_state_that_everybody_shares_stays_untouched() -> None:
    before = torch.random.get_rng_state()
    looked_at(torch.rand(4, 3, 8, 8, generator=seeded()), seeded(), mirror=True)
    assert torch.equal(before, torch.random.get_rng_state())
