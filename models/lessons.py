"""A lesson: training told in steps, watched from afar, kept on the way, and gone on with.

Every so often what the maker draws is compared with the pool, and the best weights win, not the
last. What training needs to go on can be kept and taken up again, bit for bit on one processor.
Knows nothing of losses.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn

from models.coarse import coarse
from models.interfaces import Checkpoint, Facts, Images, Progress
from models.likeness import frechet
from models.training import Schedule, Step, drawing, minibatches, report
from models.training_state import restore, state

#: Takes what is needed to go on with a training.
Keep = Callable[[Checkpoint], None]

#: Images drawn, and at most as many times four of the pool, to compare.
COMPARED = 512
#: Most comparisons in one training; they begin when half of it is over.
COMPARISONS = 12
#: Least steps between two comparisons, which bounds their cost; and between two keepings.
LEAST_BETWEEN = 50
KEEP_BETWEEN = 100
#: Images looked at to tell one pool from another.
SAMPLED = 64


@dataclass(frozen=True)
class Lesson:
    """What learns, by which steps; `generator` is the only randomness of the steps."""

    networks: Mapping[str, nn.Module]
    optimizers: Mapping[str, torch.optim.Optimizer]
    generator: torch.Generator
    #: Takes one minibatch, teaches, returns the loss.
    step: Callable[[Step], Tensor]


@dataclass(frozen=True)
class Run:
    """What one training is told from outside."""

    seed: int
    progress: Progress
    device: str = "cpu"
    keep: Keep | None = None
    resume: Checkpoint | None = None
    #: The options of the part, which must be the same to go on.
    options: object = None


@dataclass
class _Best:
    """The best weights so far."""

    epoch: int = 0
    distance: float = float("inf")
    weights: dict[str, dict[str, Tensor]] = field(default_factory=dict)

    def consider(self, lesson: Lesson, epoch: int, distance: float) -> None:
        # A distance that is no number loses against any, and a first one wins in any case.
        if not self.epoch or distance < self.distance:
            self.epoch, self.distance = epoch, distance
            self.weights = {k: copy.deepcopy(n.state_dict()) for k, n in lesson.networks.items()}


def learn(
    lesson: Lesson,
    images: Images,
    schedule: Schedule,
    run: Run,
    *,
    maker: nn.Module,
    latent_size: int,
) -> Facts:
    """Train the networks in place on images (n, c, h, w) and leave them at their best weights.

    `maker` maps latents (n, latent_size) to logits of images. The facts tell `epochs`,
    `chosen_epoch` and `coarse_distance`, the Fréchet distance between pooled pixels of images
    drawn then and of the pool. Raises `CheckpointMismatch` when `run.resume` is of another
    training.
    """
    about = _about(images, schedule, run)
    best = _Best()
    done = _take_up(lesson, best, run.resume, about) if run.resume else 0
    compare = _comparing(images, maker, latent_size, run.seed)
    compared, kept = _spaced(schedule, LEAST_BETWEEN), _spaced(schedule, KEEP_BETWEEN)
    draw = drawing(maker, latent_size, seed=run.seed)
    steps = minibatches(
        images, schedule, generator=lesson.generator, device=run.device, done_epochs=done
    )
    for step in steps:
        report(run.progress, step, schedule, loss=lesson.step(step), draw=draw)
        if step.number % schedule.batches_per_epoch:
            continue
        if step.epoch in compared and 2 * step.epoch >= schedule.epochs:
            best.consider(lesson, step.epoch, compare())
        if run.keep and step.epoch in kept and step.epoch < schedule.epochs:
            run.keep(_kept(lesson, best, step.epoch, about))
    for name, network in lesson.networks.items():
        network.load_state_dict(best.weights[name])
    return {
        "epochs": schedule.epochs,
        "chosen_epoch": best.epoch,
        "coarse_distance": round(best.distance, 6),
    }


def descend(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    """Take one step down the slope of the loss."""
    optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    optimizer.step()


def _comparing(
    images: Images, maker: nn.Module, latent_size: int, seed: int
) -> Callable[[], float]:
    """Return what measures how far drawn images are from those of the pool, at any time alike."""
    random = torch.Generator().manual_seed(seed)
    # No image is held back from training for this: small pools need each of them, and learning
    # some by heart hardly shows in cells this coarse. `models.quality` looks for that.
    rows = torch.randperm(len(images), generator=random)[: 4 * COMPARED].numpy()
    real = coarse(images[rows])
    draw = drawing(maker, latent_size, seed=seed + 1, count=COMPARED)
    return lambda: frechet(real, coarse(draw()))


def _spaced(schedule: Schedule, least: int) -> frozenset[int]:
    """Name epochs at least so many steps apart, the last among them; not too many."""
    apart = max(
        1, -(-least // schedule.batches_per_epoch), -(-schedule.epochs // (2 * COMPARISONS))
    )
    return frozenset(range(schedule.epochs, 0, -apart))


def _about(images: Images, schedule: Schedule, run: Run) -> Facts:
    """Tell one training from another."""
    return {
        "seed": run.seed,
        "options": repr(run.options),
        "images": len(images),
        "some_images": _digest(images[:: -(-len(images) // SAMPLED)]),
        "batch": schedule.batch,
        "all_epochs": schedule.epochs,
    }


def _digest(images: Images) -> str:
    return hashlib.blake2b(np.ascontiguousarray(images).tobytes(), digest_size=8).hexdigest()


def _kept(lesson: Lesson, best: _Best, epoch: int, about: Facts) -> Checkpoint:
    known = {"best_epoch": best.epoch, "best_distance": best.distance if best.epoch else None}
    return state(
        lesson.networks,
        lesson.optimizers,
        lesson.generator,
        best=best.weights,
        facts={**about, **known, "epoch": epoch},
    )


def _take_up(lesson: Lesson, best: _Best, kept: Checkpoint, about: Facts) -> int:
    """Put everything as it was kept, and return the number of epochs that are done."""
    best.weights = restore(kept, lesson.networks, lesson.optimizers, lesson.generator, about=about)
    best.epoch = int(kept.facts["best_epoch"] or 0)
    if best.epoch:
        best.distance = float(kept.facts["best_distance"] or 0.0)
    return int(kept.facts["epoch"] or 0)
