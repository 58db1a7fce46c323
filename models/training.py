"""What every training loop shares: how many steps, which images in which step, reports of progress.

Knows nothing of networks and losses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from models.interfaces import Images, Indices, PoolTooSmall, Progress, to_bytes, to_unit

#: Steps between two reports of progress.
REPORT_EVERY = 20
#: Images drawn to show how training goes; and least steps between two such drawings.
SAMPLES = 64
DRAW_EVERY = 20


@dataclass(frozen=True)
class Schedule:
    """How long to train, and on how many images at once."""

    batch: int
    batches_per_epoch: int
    epochs: int

    @property
    def steps(self) -> int:
        """Number of steps in all."""
        return self.batches_per_epoch * self.epochs


@dataclass(frozen=True)
class Step:
    """One minibatch and its place in the schedule; `number` counts from 1."""

    number: int
    epoch: int
    images: Tensor
    #: Which of the images they are, (batch,).
    rows: Indices


def plan(count: int, *, epochs: int, least_steps: int, batch: int = 64) -> Schedule:
    """Plan the passes over `count` images: at least `epochs`, more if a small pool gives fewer
    than `least_steps` steps. Zero epochs stay zero.
    """
    batch = min(batch, count)
    batches = count // batch
    wanted = max(epochs, -(-least_steps // batches)) if epochs else 0
    return Schedule(batch, batches, wanted)


def minibatches(
    images: Images,
    schedule: Schedule,
    *,
    generator: torch.Generator,
    device: str,
    done_epochs: int = 0,
) -> Iterator[Step]:
    """Shuffle the images anew for each epoch and yield unit images (batch, c, h, w).

    Epochs that are done already are left out; `generator` must stand where they left it.
    """
    number = done_epochs * schedule.batches_per_epoch
    for epoch in range(done_epochs + 1, schedule.epochs + 1):
        order = torch.randperm(len(images), generator=generator).numpy()
        for start in range(0, schedule.batches_per_epoch * schedule.batch, schedule.batch):
            number += 1
            rows = order[start : start + schedule.batch]
            yield Step(number, epoch, to_unit(images[rows]).to(device), rows)


def report(
    progress: Progress,
    step: Step,
    schedule: Schedule,
    *,
    loss: Tensor,
    draw: Callable[[], Images] | None = None,
) -> None:
    """Tell how far training is, every few steps and at the end of each epoch; then with samples,
    if there is something to draw. Epochs of a small pool are short: not each of them is told.
    """
    last = step.number == schedule.steps
    epoch_ends = step.number % schedule.batches_per_epoch == 0
    told_epochs = -(-DRAW_EVERY // schedule.batches_per_epoch)
    drawn = last or (epoch_ends and step.epoch % told_epochs == 0)
    if drawn or step.number % REPORT_EVERY == 0:
        facts = {"loss": float(loss.detach()), "epoch": step.epoch, "epochs": schedule.epochs}
        progress(step.number / schedule.steps, facts, draw() if draw and drawn else None)


def drawing(
    decoder: nn.Module, latent_size: int, *, seed: int, count: int = SAMPLES
) -> Callable[[], Images]:
    """Return what draws the same latents whenever it is called, as they look by then.

    It takes no random number from the training and leaves no trace in the network.
    """
    latents = torch.randn(count, latent_size, generator=torch.Generator().manual_seed(seed))
    parts = torch.split(latents, SAMPLES)

    def draw() -> Images:
        device = next(decoder.parameters()).device
        was_training = decoder.training
        with torch.no_grad():
            decoder.eval()
            # A few at a time, which bounds the memory.
            images = [to_bytes(torch.sigmoid(decoder(each.to(device)))) for each in parts]
        decoder.train(was_training)
        return np.concatenate(images)

    return draw


def require_images(images: Images, *, least: int, part: str) -> None:
    """Raise `PoolTooSmall` when there are fewer than `least` images to learn from."""
    if len(images) < least:
        raise PoolTooSmall(
            f"The {part} needs at least {least} images to learn from, and the pool has "
            f"{len(images)}. Import more images."
        )
