"""How many images per second one training step takes in: ours beside a plain loop in PyTorch.

The plain loop is what a tutorial shows: the same layers and sizes, everything in single precision,
the usual memory layout, three passes of the judge.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor, nn

from app.benchmarks.plan import Plan, Say
from app.benchmarks.report import Table
from app.rounds.devices import device
from models.adversarial import LOGISTIC, Duel, Game, Pair
from models.generators.dcgan import RATE, WIDTH
from models.interfaces import ImageShape
from models.networks import LEAK, Decoder, Judge, halvings, initialized
from models.training import Step

SHAPES = (ImageShape(1, 28, 28), ImageShape(3, 32, 32))
BATCH, LATENTS = 64, 100
#: Steps timed, after some that warm up.
STEPS, WARMING = 50, 5

#: Takes one batch of unit images (n, c, h, w).
Loop = Callable[[Tensor], None]


def measure(plan: Plan, say: Say) -> Table:
    """Time steps of a DCGAN in both loops, by turns."""
    del plan
    rows = []
    for shape in SHAPES:
        say(f"steps on {shape}")
        images = torch.rand(BATCH, shape.channels, shape.height, shape.width)
        images = images.to(device())
        plain, ours = _medians([_plain(shape, device()), _ours(shape, device())], images)
        rates = f"{BATCH / plain:.0f} / s", f"{BATCH / ours:.0f} / s"
        rows.append((str(shape), *rates, f"{plain / ours:.1f}"))
    return Table(
        "Training steps",
        ("Images", "Plain PyTorch DCGAN", "Ours", "Times as many"),
        tuple(rows),
        f"Images per second through a whole step of a DCGAN, batches of {BATCH}; medians of "
        f"{STEPS} steps of each, by turns.",
    )


def _medians(loops: list[Loop], images: Tensor) -> list[float]:
    times: list[list[float]] = [[] for _ in loops]
    for _ in range(WARMING + STEPS):
        for loop, found in zip(loops, times, strict=True):
            began = time.perf_counter()
            loop(images)
            found.append(time.perf_counter() - began)
    return [statistics.median(each[WARMING:]) for each in times]


def _ours(shape: ImageShape, where: str) -> Loop:
    generator = torch.Generator().manual_seed(0)
    maker = initialized(partial(Decoder, shape, LATENTS, width=WIDTH, batch_norm=True), generator)
    judge = initialized(partial(Judge, shape, width=WIDTH, batch_norm=True), generator)
    duel = Duel(
        Pair(maker, judge, LATENTS), Game(LOGISTIC, RATE), generator=generator, device=where
    )
    rows = torch.arange(BATCH).numpy()

    def loop(images: Tensor) -> None:
        # Reading the loss waits for an accelerator to be done.
        duel.step(Step(1, 1, images, rows)).item()

    return loop


def _plain(shape: ImageShape, where: str) -> Loop:
    with torch.random.fork_rng():
        maker, judge = _plain_maker(shape).to(where), _plain_judge(shape).to(where)
    makers = torch.optim.Adam(maker.parameters(), lr=RATE, betas=(0.5, 0.999))
    judges = torch.optim.Adam(judge.parameters(), lr=RATE, betas=(0.5, 0.999))
    tell = nn.BCEWithLogitsLoss()
    real, made = torch.ones(BATCH, device=where), torch.zeros(BATCH, device=where)
    random = torch.Generator().manual_seed(0)

    def loop(images: Tensor) -> None:
        judge.zero_grad()
        loss = tell(judge(images * 2 - 1).flatten(), real)
        loss.backward()
        drawn = maker(torch.randn(BATCH, LATENTS, generator=random).to(where))
        other = tell(judge(drawn.detach()).flatten(), made)
        other.backward()
        judges.step()
        maker.zero_grad()
        fooled = tell(judge(drawn).flatten(), real)
        fooled.backward()
        makers.step()
        loss.item(), other.item(), fooled.item()

    return loop


def _plain_maker(shape: ImageShape) -> nn.Sequential:
    times = halvings(shape)
    core = (2 * WIDTH, shape.height >> times, shape.width >> times)
    widths = [*[2 * WIDTH] * (times - 1), WIDTH, shape.channels]
    layers: list[nn.Module] = [
        nn.Linear(LATENTS, core[0] * core[1] * core[2]),
        nn.Unflatten(1, core),
    ]
    for before, after in pairwise(widths):
        layers += [
            nn.BatchNorm2d(before),
            nn.LeakyReLU(LEAK),
            nn.ConvTranspose2d(before, after, 4, 2, 1),
        ]
    return nn.Sequential(*layers, nn.Tanh())


def _plain_judge(shape: ImageShape) -> nn.Sequential:
    times = halvings(shape)
    widths = [shape.channels, WIDTH, *[2 * WIDTH] * (times - 1)]
    layers: list[nn.Module] = []
    for index, (before, after) in enumerate(pairwise(widths)):
        norm = [nn.BatchNorm2d(after)] if index else []
        layers += [nn.Conv2d(before, after, 4, 2, 1), *norm, nn.LeakyReLU(LEAK)]
    core = (shape.height >> times, shape.width >> times)
    return nn.Sequential(*layers, nn.Conv2d(widths[-1], 1, core))
