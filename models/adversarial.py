"""Adversarial training: a maker of images and a judge of them, taught against each other.

Losses and loop only; the networks are handed in. Knows nothing of what becomes of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.interfaces import Images, Progress
from models.training import Schedule, minibatches, report


@dataclass(frozen=True)
class AdversarialLoss:
    """What judge and maker each minimize, on logits (n,)."""

    #: Takes the judge's logits of real and of made images.
    judge: Callable[[Tensor, Tensor], Tensor]
    #: Takes the judge's logits of made images.
    maker: Callable[[Tensor], Tensor]


#: Hinge loss (Lim and Ye 2017; Miyato et al. 2018).
HINGE = AdversarialLoss(
    judge=lambda real, made: functional.relu(1 - real).mean() + functional.relu(1 + made).mean(),
    maker=lambda made: -made.mean(),
)
#: Logistic loss, not saturating (Goodfellow et al. 2014).
LOGISTIC = AdversarialLoss(
    judge=lambda real, made: functional.softplus(-real).mean() + functional.softplus(made).mean(),
    maker=lambda made: functional.softplus(-made).mean(),
)


@dataclass(frozen=True)
class Pair:
    """The two networks and the length of the maker's latents."""

    maker: nn.Module
    judge: nn.Module
    latent_size: int


def train_pair(
    pair: Pair,
    images: Images,
    *,
    loss: AdversarialLoss,
    schedule: Schedule,
    rate: float,
    generator: torch.Generator,
    progress: Progress,
    device: str,
    draw: Callable[[], Images] | None = None,
) -> None:
    """Train both networks in place, one step each per minibatch; the loss told is the judge's."""
    maker, judge = pair.maker.to(device).train(), pair.judge.to(device).train()
    maker_steps, judge_steps = _optimizer(maker, rate), _optimizer(judge, rate)
    for step in minibatches(images, schedule, generator=generator, device=device):
        latents = torch.randn(len(step.images), pair.latent_size, generator=generator).to(device)
        made = torch.sigmoid(maker(latents))
        judge_loss = loss.judge(judge(step.images), judge(made.detach()))
        _descend(judge_steps, judge_loss)
        judge.requires_grad_(False)
        _descend(maker_steps, loss.maker(judge(made)))
        judge.requires_grad_(True)
        report(progress, step, schedule, loss=judge_loss, draw=draw)


def _optimizer(network: nn.Module, rate: float) -> torch.optim.Adam:
    return torch.optim.Adam(network.parameters(), lr=rate, betas=(0.5, 0.999))


def _descend(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    optimizer.step()
