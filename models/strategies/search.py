"""Latent search: moves latents to where the learner cannot decide.

Where that is, `models.strategies.boundaries` says. Knows nothing of pools, people or what becomes
of the latents.
"""

from __future__ import annotations

import torch
from torch import Tensor

from models.strategies.boundaries import Boundary, BoundaryOfRows

#: Longest step and longest latent (over the root of its dimension) of a search for the band.
LONGEST_STEP = 1.5
LONGEST_LATENT = 1.25


def gauss_newton(
    latents: Tensor, distance: BoundaryOfRows, *, aims: Tensor, width: float, steps: int
) -> Tensor:
    """Move latents (n, z) towards distances `aims` (n,) until they are within `width`.

    Each step is z -= (f - aim) grad f / |grad f|^2, at most 1.5 long; latents stay within
    1.25 sqrt(z). Rows that are inside the band rest. All rows cost a gradient in the first step,
    so those that are known to be inside had better not come along; later only the others do.
    """
    latents = within_reach(latents)
    rows = torch.arange(len(latents))
    for step in range(steps):
        if step > 0 and len(rows):
            with torch.inference_mode():
                rows = rows[(distance(rows.numpy())(latents[rows]) > width).cpu()]
        if len(rows) == 0:
            break
        gap, slope = _measure(latents[rows], distance(rows.numpy()))
        rows, gap, slope = (each[gap > width] for each in (rows, gap, slope))
        squared = slope.square().sum(dim=1).clamp(min=1e-12)
        move = slope * ((gap - aims[rows]) / squared)[:, None]
        move = move * (LONGEST_STEP / move.norm(dim=1, keepdim=True).clamp(min=LONGEST_STEP))
        latents = latents.index_copy(0, rows, within_reach(latents[rows] - move))
    return latents


def momentum_descent(
    latents: Tensor, distance: Boundary, *, rate: float, momentum: float, steps: int
) -> tuple[Tensor, Tensor]:
    """Descend from latents (n, z) by gradients with momentum, as in Algorithm 1 of the paper.

    Returns the closest latents (n, z) that each row came by, and their distances (n,).
    """
    closest, smallest = latents, torch.full((len(latents),), torch.inf)
    velocity = torch.zeros_like(latents)
    for _ in range(steps):
        gap, slope = _measure(latents, distance)
        better = gap < smallest
        closest = torch.where(better[:, None], latents, closest)
        smallest = torch.where(better, gap, smallest)
        velocity = momentum * velocity - rate * slope
        latents = latents + velocity
    return closest, smallest


def within_reach(latents: Tensor) -> Tensor:
    """Shorten latents (n, z) that are longer than 1.25 sqrt(z)."""
    longest = LONGEST_LATENT * latents.shape[1] ** 0.5
    lengths = latents.norm(dim=1, keepdim=True)
    near: Tensor = latents * (longest / lengths.clamp(min=longest))
    return near


def _measure(latents: Tensor, distance: Boundary) -> tuple[Tensor, Tensor]:
    variable = latents.detach().requires_grad_()
    gap = distance(variable)
    (slope,) = torch.autograd.grad(gap.sum(), variable)
    return gap.detach().cpu(), slope.cpu()
