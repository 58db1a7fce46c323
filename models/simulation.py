"""Simulated annotators: who they would say is on an image, or that nobody can tell.

An oracle is a small convolutional network taught on *all* classes of a data set, never on the
task's two alone: it must be able to say "that is a 9". A real image whose label is known gets that
label. Knows nothing of projects, queries or the web.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.interfaces import Images, ImageShape, Indices, Progress, ShapeUnsupported, to_unit
from models.networks import initialized
from models.training import Schedule, minibatches, plan, report

#: Least probability at which a person counts as able to name the image.
THRESHOLD = 0.9
_LEAST_STEPS = 400
_RATE = 2e-3


class _Network(nn.Module):
    """Two convolutions, two layers; sizes follow the image's."""

    def __init__(self, shape: ImageShape, classes: int) -> None:
        super().__init__()
        reduced = (shape.height // 4) * (shape.width // 4)
        self.layers = nn.Sequential(
            nn.Conv2d(shape.channels, 32, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(64 * reduced, 128),
            nn.ReLU(),
            nn.Linear(128, classes),
        )

    def forward(self, images: Tensor) -> Tensor:
        """Map unit images (n, c, h, w) to logits (n, classes)."""
        logits: Tensor = self.layers(images)
        return logits


@dataclass(frozen=True)
class Oracle:
    """Answers like a person who knows all of the data set's classes."""

    network: nn.Module
    shape: ImageShape
    class_names: tuple[str, ...]
    threshold: float = THRESHOLD
    #: Digest of an image's pixels -> the name of its true class.
    truth: Mapping[bytes, str] = field(default_factory=dict)

    def answer(self, images: Images, *, task: Sequence[str]) -> list[str | None]:
        """Name the class of each image (n, c, h, w), or None where nobody could: the likeliest
        class is not of the task, or not likely enough.
        """
        self._require_shape(images)
        guesses = self._guess(images)
        named = [
            self.truth.get(digest(image), guess)
            for image, guess in zip(images, guesses, strict=True)
        ]
        return [name if name in task else None for name in named]

    def _guess(self, images: Images) -> list[str | None]:
        with torch.inference_mode():
            chances, best = functional.softmax(self.network(to_unit(images)), dim=1).max(dim=1)
        return [
            self.class_names[int(index)] if float(chance) >= self.threshold else None
            for chance, index in zip(chances, best, strict=True)
        ]

    def _require_shape(self, images: Images) -> None:
        if ImageShape.of(images) != self.shape:
            raise ShapeUnsupported(
                f"The oracle learned from images of {self.shape}, not of {ImageShape.of(images)}."
            )


def digest(image: Images) -> bytes:
    """Identify an image by its pixels (c, h, w), whatever file they came in."""
    return hashlib.blake2b(image.tobytes(), digest_size=16).digest()


def train_oracle(
    images: Images,
    labels: Indices,
    class_names: Sequence[str],
    *,
    seed: int,
    progress: Progress,
    epochs: int = 4,
    threshold: float = THRESHOLD,
) -> Oracle:
    """Teach an oracle on images (n, c, h, w) with labels (n,) that index `class_names`.

    Source: the simulated annotator of our feasibility study; a plain convolutional network.
    """
    shape = ImageShape.of(images)
    schedule = plan(len(images), epochs=epochs, least_steps=_LEAST_STEPS)
    network = _taught(images, labels, shape, len(class_names), schedule, seed, progress)
    truth = {digest(image): class_names[label] for image, label in zip(images, labels, strict=True)}
    return Oracle(network, shape, tuple(class_names), threshold, truth)


def _taught(
    images: Images,
    labels: Indices,
    shape: ImageShape,
    classes: int,
    schedule: Schedule,
    seed: int,
    progress: Progress,
) -> nn.Module:
    generator = torch.Generator().manual_seed(seed)
    network = initialized(lambda: _Network(shape, classes), generator)
    optimizer = torch.optim.Adam(network.parameters(), lr=_RATE)
    targets = torch.from_numpy(labels)
    for step in minibatches(images, schedule, generator=generator, device="cpu"):
        loss = functional.cross_entropy(network(step.images), targets[torch.from_numpy(step.rows)])
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        optimizer.step()
        report(progress, step, schedule, loss=loss)
    return network.eval()
