"""Plain training loops in PyTorch, as tutorials show them, to measure ours beside.

The same layers, sizes and rates; everything in single precision and the usual memory layout, three
passes of a DCGAN's judge.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from app.rounds.devices import device
from models.generators.dcgan import RATE, WIDTH
from models.interfaces import ImageShape
from models.learners import small_network
from models.learners.small_network import Lesson, SmallNetwork, as_images
from models.networks import LEAK, halvings, initialized

BATCH, LATENTS = 64, 100


@dataclass(frozen=True)
class Loop:
    """A step that takes one batch of unit images (n, c, h, w), and the network that it teaches."""

    step: Callable[[Tensor], None]
    maker: nn.Module
    #: Maps what the maker returns to unit images.
    unit: Callable[[Tensor], Tensor]


def dcgan(shape: ImageShape, seed: int) -> Loop:
    """Build a DCGAN and its loop."""
    where = device()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        maker, judge = _maker(shape).to(where), _judge(shape).to(where)
    makers = torch.optim.Adam(maker.parameters(), lr=RATE, betas=(0.5, 0.999))
    judges = torch.optim.Adam(judge.parameters(), lr=RATE, betas=(0.5, 0.999))
    tell = nn.BCEWithLogitsLoss()
    real, made = torch.ones(BATCH, device=where), torch.zeros(BATCH, device=where)
    random = torch.Generator().manual_seed(seed)

    def step(images: Tensor) -> None:
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

    return Loop(step, maker, lambda drawn: (drawn + 1) / 2)


def _maker(shape: ImageShape) -> nn.Sequential:
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


def _judge(shape: ImageShape) -> nn.Sequential:
    times = halvings(shape)
    widths = [shape.channels, WIDTH, *[2 * WIDTH] * (times - 1)]
    layers: list[nn.Module] = []
    for index, (before, after) in enumerate(pairwise(widths)):
        norm = [nn.BatchNorm2d(after)] if index else []
        layers += [nn.Conv2d(before, after, 4, 2, 1), *norm, nn.LeakyReLU(LEAK)]
    core = (shape.height >> times, shape.width >> times)
    return nn.Sequential(*layers, nn.Conv2d(widths[-1], 1, core))


def small_cnn(lesson: Lesson, *, seed: int) -> SmallNetwork:
    """Teach the network of the learner `small_cnn`."""
    generator = torch.Generator().manual_seed(seed)
    images = as_images(torch.from_numpy(lesson.vectors), lesson.shape)
    truth = torch.from_numpy(lesson.columns)
    network = initialized(partial(SmallNetwork, lesson.shape, lesson.classes), generator)
    network.mean, network.spread = images.mean(), images.std()
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=small_network.RATE, weight_decay=small_network.DECAY
    )
    pace = torch.optim.lr_scheduler.CosineAnnealingLR(
        optimizer, lesson.steps, small_network.RATE / 20
    )
    side, reach = lesson.shape.height, int(lesson.shape.height * small_network.SHIFT)
    for _ in range(lesson.steps):
        rows = torch.randint(len(images), (small_network.BATCH,), generator=generator)
        padded = functional.pad(images[rows], (reach, reach, reach, reach), mode="replicate")
        across, down = torch.randint(2 * reach + 1, (2,), generator=generator).tolist()
        seen = padded[:, :, down : down + side, across : across + side]
        loss = functional.cross_entropy(network(seen), truth[rows])
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        pace.step()
    return network.eval()
