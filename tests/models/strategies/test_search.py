"""Searching for the band moves what is outside, and spends nothing on what has arrived."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as draws
from torch import Tensor

from models.interfaces import Indices
from models.strategies.boundaries import Boundary
from models.strategies.search import LONGEST_STEP, gauss_newton, within_reach

WIDTH = 0.5


class Bowls:
    """Distances that grow with the square of the way from a center of each row's own; remembers how
    many latents it was asked about, and whether with gradients.
    """

    def __init__(self, centers: Tensor) -> None:
        self._centers = centers
        self.asked: list[tuple[int, bool]] = []

    def __call__(self, rows: Indices) -> Boundary:
        centers = self._centers[torch.from_numpy(rows)]

        def distance(latents: Tensor) -> Tensor:
            self.asked.append((len(latents), latents.requires_grad))
            return (latents - centers).square().sum(dim=1)

        return distance


def slowly(latents: Tensor, centers: Tensor, aims: Tensor, steps: int) -> Tensor:
    """Move one row after another, as the docstring says."""
    moved = []
    for latent, center, aim in zip(within_reach(latents), centers, aims, strict=True):
        for _ in range(steps):
            gap = (latent - center).square().sum()
            if gap > WIDTH:
                slope = 2 * (latent - center)
                step = slope * (gap - aim) / slope.square().sum()
                step = step * min(1.0, LONGEST_STEP / float(step.norm()))
                latent = within_reach((latent - step)[None])[0]
        moved.append(latent)
    return torch.stack(moved)


@settings(max_examples=50)
@given(draws.integers(0, 2**31), draws.integers(1, 6), draws.integers(0, 4))
def test_every_row_ends_where_it_would_alone(seed: int, count: int, steps: int) -> None:
    rng = torch.Generator().manual_seed(seed)
    latents, centers = (torch.randn(count, 3, generator=rng) for _ in range(2))
    aims = torch.rand(count, generator=rng) * WIDTH
    found = gauss_newton(latents, Bowls(centers), aims=aims, width=WIDTH, steps=steps)
    torch.testing.assert_close(found, slowly(latents, centers, aims, steps))


def test_rows_that_have_arrived_cost_no_more_gradients() -> None:
    centers = torch.zeros(4, 2)
    latents = torch.tensor([[0.1, 0.0], [0.0, 0.2], [1.0, 0.0], [1.6, 0.0]])
    bowls = Bowls(centers)
    found = gauss_newton(latents, bowls, aims=torch.full((4,), 0.25), width=WIDTH, steps=9)
    assert torch.equal(found[:2], latents[:2])
    assert bowls.asked[:2] == [(4, True), (2, False)]
    assert max(count for count, _ in bowls.asked[1:]) == 2
    assert len(bowls.asked) < 9, "the search went on although every row had arrived"
    assert (found.square().sum(dim=1) <= WIDTH).all()


@pytest.mark.parametrize("count", [0, 3])
def test_a_search_without_anything_to_move_asks_once_at_most(count: int) -> None:
    bowls = Bowls(torch.zeros(count, 2))
    latents = torch.zeros(count, 2)
    assert torch.equal(
        gauss_newton(latents, bowls, aims=torch.zeros(count), width=WIDTH, steps=3), latents
    )
    assert bowls.asked == [(count, True)] * min(count, 1)
    assert np.isfinite(latents.numpy()).all()
