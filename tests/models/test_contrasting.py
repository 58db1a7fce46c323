"""Contrastive learning: the loss by hand, the rate's way, and what a few steps teach."""

from __future__ import annotations

import math

import pytest
import torch

from models.contrasting import TEMPERATURE, height, told_apart
from models.features import contrastive
from models.interfaces import Facts, Images, PoolTooSmall
from models.parts.features import ContrastiveOptions
from tests.models.small_worlds import quiet, world


def test_the_loss_is_what_finding_each_twin_costs() -> None:
    seen = torch.randn(6, 4, generator=torch.Generator().manual_seed(0))
    unit = seen / seen.norm(dim=1, keepdim=True)
    costs = []
    for one in range(6):
        alike = {
            other: float(unit[one] @ unit[other]) / TEMPERATURE
            for other in range(6)
            if other != one
        }
        costs.append(math.log(sum(map(math.exp, alike.values()))) - alike[(one + 3) % 6])
    assert float(told_apart(seen)) == pytest.approx(sum(costs) / 6, rel=1e-5)


def test_twins_that_are_alike_cost_less_than_strangers() -> None:
    seen = torch.eye(4)
    twins = torch.cat([seen, seen])
    strangers = torch.cat([seen, seen.roll(1, dims=0)])
    assert float(told_apart(twins)) < float(told_apart(strangers))


def test_the_rate_grows_and_then_falls_to_nothing() -> None:
    ways = [height(step / 100) for step in range(1, 101)]
    assert max(ways) == pytest.approx(1)
    assert ways.index(max(ways)) == 9
    assert ways[:10] == sorted(ways[:10])
    assert ways[9:] == sorted(ways[9:], reverse=True)
    assert ways[-1] == pytest.approx(0, abs=1e-9)


@pytest.mark.slow
def test_images_are_told_apart_by_what_their_views_share() -> None:
    images = world(count=128, classes=32).images
    losses: list[float] = []

    def told(share: float, facts: Facts, samples: Images | None = None, /) -> None:
        losses.append(float(facts["loss"] or 0))

    options = ContrastiveOptions(epochs=1, least_steps=120)
    contrastive.train(images, options, seed=0, progress=told)
    assert losses[-1] < losses[0] - 0.5


def test_a_handful_of_images_is_refused() -> None:
    with pytest.raises(PoolTooSmall, match="at least 16 images"):
        contrastive.train(world(count=15).images, ContrastiveOptions(), seed=0, progress=quiet)
