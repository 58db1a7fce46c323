"""Contrastive learning: two views of one image are to look alike, and unlike all other images.

SimCLR (Chen et al. 2020, arXiv 2002.05709): loss and steps only; the networks are handed in. Knows
nothing of labels, nor of what becomes of the networks.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.lessons import descend
from models.precision import laid_out, placed, quickly
from models.training import Schedule, Step
from models.views import looked_at

RATE = 2e-3
DECAY = 1e-4
#: Share of the steps in which the rate grows to its full height.
WARMING = 0.1
#: How sharply an image is told from the one that is most like it.
TEMPERATURE = 0.2


def steps(
    backbone: nn.Module,
    head: nn.Module,
    schedule: Schedule,
    generator: torch.Generator,
    *,
    device: str,
    mirror: bool,
) -> Callable[[Step], Tensor]:
    """Return what takes a minibatch, teaches backbone and head in place, and returns the loss."""
    placed(backbone, device), placed(head, device)
    weights = [*backbone.parameters(), *head.parameters()]
    optimizer = torch.optim.AdamW(weights, lr=RATE, weight_decay=DECAY, fused=True)

    def step(step: Step) -> Tensor:
        optimizer.param_groups[0]["lr"] = RATE * height(step.number / schedule.steps)
        views = [looked_at(step.images, generator, mirror=mirror) for _ in range(2)]
        with quickly(device):
            seen = head(backbone(laid_out(torch.cat(views))))
        loss = told_apart(seen.float())
        descend(optimizer, loss)
        return loss.detach()

    return step


def height(share: float) -> float:
    """Say how high the rate is when a share of the steps is done: up in a line, down a cosine."""
    if share < WARMING:
        return share / WARMING
    return (1 + math.cos(math.pi * (share - WARMING) / (1 - WARMING))) / 2


def told_apart(seen: Tensor) -> Tensor:
    """Return the cross-entropy of finding each view's twin among all views (NT-Xent).

    `seen` (2n, d): the first views of n images, then the second ones.
    """
    unit = functional.normalize(seen, dim=1)
    alike = unit @ unit.T / TEMPERATURE
    alike.fill_diagonal_(-math.inf)
    twins = torch.arange(len(seen), device=seen.device).roll(len(seen) // 2)
    return functional.cross_entropy(alike, twins)
