"""The small network behind `small_cnn`, and how it is trained. Knows nothing of learners.

Trained by Adam with small shifts of the images, as LeCun et al. (1998) distorted theirs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from models.interfaces import ImageShape, Indices, Vectors, Weights
from models.networks import initialized
from models.precision import frozen, laid_out, placed, quickly

#: Larger images are averaged down to this many pixels a side.
LOOKED_AT = 32
BATCH = 32
RATE = 4e-3
DECAY = 1e-3
#: A few hundred steps of so small a network are not worth the way to an accelerator.
DEVICE = "cpu"
#: Images are shifted by up to this share of their side.
SHIFT = 1 / 14


class SmallNetwork(nn.Module):
    """Maps unit images (n, c, h, h) to logits (n, k)."""

    mean: Tensor
    spread: Tensor

    def __init__(self, shape: ImageShape, classes: int) -> None:
        super().__init__()
        side = min(shape.height, LOOKED_AT) // 4
        self.first = nn.Conv2d(shape.channels, 16, 3, padding=1)
        self.second = nn.Conv2d(16, 32, 3, padding=1)
        self.head = nn.Linear(32 * side * side, classes)
        self.register_buffer("mean", torch.zeros(()))
        self.register_buffer("spread", torch.ones(()))

    def forward(self, images: Tensor) -> Tensor:
        """Map unit images (n, c, h, h) to logits (n, k)."""
        if images.shape[2] > LOOKED_AT:
            images = functional.adaptive_avg_pool2d(images, LOOKED_AT)
        signal = (images - self.mean) / self.spread
        signal = functional.max_pool2d(functional.relu(self.first(signal)), 2)
        signal = functional.max_pool2d(functional.relu(self.second(signal)), 2)
        logits: Tensor = self.head(signal.flatten(1))
        return logits


def as_images(vectors: Tensor, shape: ImageShape) -> Tensor:
    """Map pixel vectors (n, d) to unit images (n, c, h, h)."""
    return vectors.reshape(-1, shape.channels, shape.height, shape.width)


@dataclass(frozen=True)
class Lesson:
    """What a network is taught, and for how long."""

    vectors: Vectors
    columns: Indices
    #: How much each label counts in the loss.
    weights: Weights
    shape: ImageShape
    classes: int
    steps: int

    def without(self, rows: Indices) -> Lesson:
        """Leave some rows out."""
        kept = np.setdiff1d(np.arange(len(self.columns)), rows)
        return replace(
            self,
            vectors=self.vectors[kept],
            columns=self.columns[kept],
            weights=self.weights[kept],
        )


def taught(lesson: Lesson, *, seed: int) -> SmallNetwork:
    """Train a network; the same seed trains the same one."""
    generator = torch.Generator().manual_seed(seed)
    images = as_images(torch.from_numpy(np.array(lesson.vectors)), lesson.shape)
    truth, counts = torch.from_numpy(lesson.columns), torch.from_numpy(lesson.weights).float()
    mean_count = counts.mean()
    network = initialized(partial(SmallNetwork, lesson.shape, lesson.classes), generator)
    network.mean, network.spread = images.mean(), images.std().clamp(min=1e-3)
    network = placed(network, DEVICE)
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    pace = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, lesson.steps, RATE / 20)
    for _ in range(lesson.steps):
        rows = torch.randint(len(images), (BATCH,), generator=generator)
        with quickly(DEVICE):
            logits = network(laid_out(_shifted(images[rows], generator))).float()
        losses = functional.cross_entropy(logits, truth[rows], reduction="none")
        loss = (losses * counts[rows]).mean() / mean_count
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        optimizer.step()
        pace.step()
    return frozen(network)


def _shifted(images: Tensor, generator: torch.Generator) -> Tensor:
    """Shift a batch by a few pixels, one way for all; what comes in repeats the edge."""
    side = images.shape[2]
    reach = int(side * SHIFT)
    if not reach:
        return images
    across, down = torch.randint(2 * reach + 1, (2,), generator=generator).tolist()
    padded = functional.pad(images, (reach, reach, reach, reach), mode="replicate")
    return padded[:, :, down : down + side, across : across + side]
