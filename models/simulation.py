"""Simulated annotators: who they would say is on an image, or that nobody can tell.

An oracle is a small convolutional network taught on *all* classes of a data set, never on the
task's two alone: it must be able to say "that is a 9". A real image whose label is known gets that
label; an oracle for figures learns from images that are neither in the pool nor in the test.
Knows nothing of projects, queries or the web.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.checkpoints import read_shape, require_kind, shape_facts
from models.interfaces import (
    Checkpoint,
    Facts,
    Images,
    ImageShape,
    Indices,
    Progress,
    ShapeUnsupported,
    Vectors,
    to_unit,
)
from models.networks import initialized, restored
from models.training import Schedule, minibatches, plan, report

#: Least probability at which a person counts as able to name the image.
THRESHOLD = 0.9
#: Images judged at once, which bounds the memory.
CHUNK = 1024
#: How far a lesson is turned (radians), scaled and moved (shares of the side) at most.
TURN, SCALE, SHIFT = 0.15, 0.1, 0.08
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
        chances = self.chances(images)
        guesses = [
            self.class_names[row.argmax()] if row.max() >= self.threshold else None
            for row in chances
        ]
        named = [
            self.truth.get(digest(image), guess)
            for image, guess in zip(images, guesses, strict=True)
        ]
        return [name if name in task else None for name in named]

    def forced(self, images: Images, *, task: Sequence[str]) -> list[str]:
        """Name each image (n, c, h, w) as somebody would who may not refuse: the likeliest class
        of the task, however unlikely.
        """
        places = [self.class_names.index(name) for name in task]
        best = self.chances(images)[:, places].argmax(axis=1)
        return [
            self.truth.get(digest(image), task[place])
            for image, place in zip(images, best, strict=True)
        ]

    def mark(self, strip: Images, *, task: tuple[str, str]) -> tuple[int, int] | None:
        """Say which frame of a strip (n, c, h, w) is the last of the first class and which is the
        first of the second one, or None where it does not go from the one to the other.
        """
        return marks(self.answer(strip, task=task), task)

    def compare(self, pair: Images, *, name: str) -> int:
        """Say which of two images (2, c, h, w) is more of a class."""
        return int(self.chances(pair)[:, self.class_names.index(name)].argmax())

    def chances(self, images: Images) -> Vectors:
        """Map images (n, c, h, w) to the chances of each class (n, classes); rows add up to one."""
        self._require_shape(images)
        with torch.inference_mode():
            parts = [
                functional.softmax(self.network(to_unit(images[start : start + CHUNK])), dim=1)
                for start in range(0, len(images), CHUNK)
            ]
        found: Vectors = torch.cat([torch.empty(0, len(self.class_names)), *parts]).numpy()
        return found

    def checkpoint(self) -> Checkpoint:
        """Return weights, names and threshold; the truth about known images stays behind."""
        facts: Facts = {
            **shape_facts(self.shape),
            "class_names": json.dumps(self.class_names),
            "threshold": self.threshold,
        }
        return Checkpoint("oracle", "convolutional", facts, self.network.state_dict())

    def _require_shape(self, images: Images) -> None:
        if ImageShape.of(images) != self.shape:
            raise ShapeUnsupported(
                f"The oracle learned from images of {self.shape}, not of {ImageShape.of(images)}."
            )


def marks(told: Sequence[object], sides: tuple[object, object]) -> tuple[int, int] | None:
    """Mark in what was said of each frame of a strip the last that shows the first side, of those
    from its beginning on, and the first that shows the second one, of those up to its end; None
    where either end is not seen as its side.
    """
    last = next((at for at, each in enumerate(told) if each != sides[0]), len(told)) - 1
    back = next((at for at, each in enumerate(told[::-1]) if each != sides[1]), len(told))
    first = len(told) - back
    return (last, first) if last >= 0 and first < len(told) else None


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
    augment: bool = False,
) -> Oracle:
    """Teach an oracle on images (n, c, h, w) with labels (n,) that index `class_names`.

    With `augment` each lesson is turned, scaled and moved a little whenever it is seen (colour
    images are mirrored too), for oracles that have few lessons.
    Source: the simulated annotator of our feasibility study; a plain convolutional network.
    """
    shape = ImageShape.of(images)
    schedule = plan(len(images), epochs=epochs, least_steps=_LEAST_STEPS)
    vary = partial(_varied, generator=torch.Generator().manual_seed(seed)) if augment else None
    network = _taught(images, labels, shape, len(class_names), schedule, seed, progress, vary)
    truth = {digest(image): class_names[label] for image, label in zip(images, labels, strict=True)}
    return Oracle(network, shape, tuple(class_names), threshold, truth)


def load(checkpoint: Checkpoint) -> Oracle:
    """Load an oracle; raises `CheckpointMismatch` for another part's checkpoint."""
    require_kind(checkpoint, "oracle", name="convolutional")
    shape = read_shape(checkpoint.facts)
    names = tuple(json.loads(str(checkpoint.facts["class_names"])))
    network = restored(lambda: _Network(shape, len(names)), checkpoint.tensors)
    threshold = checkpoint.facts["threshold"]
    return Oracle(network, shape, names, float(threshold or 0))


def _taught(
    images: Images,
    labels: Indices,
    shape: ImageShape,
    classes: int,
    schedule: Schedule,
    seed: int,
    progress: Progress,
    vary: Callable[[Tensor], Tensor] | None,
) -> nn.Module:
    generator = torch.Generator().manual_seed(seed)
    network = initialized(lambda: _Network(shape, classes), generator)
    optimizer = torch.optim.Adam(network.parameters(), lr=_RATE)
    targets = torch.from_numpy(labels)
    for step in minibatches(images, schedule, generator=generator, device="cpu"):
        logits = network(vary(step.images) if vary else step.images)
        loss = functional.cross_entropy(logits, targets[torch.from_numpy(step.rows)])
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        optimizer.step()
        report(progress, step, schedule, loss=loss)
    return network.eval()


def _varied(images: Tensor, *, generator: torch.Generator) -> Tensor:
    """Turn, scale and move each unit image (n, c, h, w) a little; mirror half of colour ones."""
    draw = torch.rand(5, len(images), generator=generator) * 2 - 1
    angle, size = draw[0] * TURN, 1 + draw[1] * SCALE
    mirror = torch.where((draw[4] > 0) & (images.shape[1] == 3), -1.0, 1.0)
    cosine, sine = size * angle.cos(), size * angle.sin()
    rows = [cosine * mirror, -sine, draw[2] * 2 * SHIFT, sine * mirror, cosine, draw[3] * 2 * SHIFT]
    maps = torch.stack(rows, dim=1).reshape(-1, 2, 3)
    grid = functional.affine_grid(maps, list(images.shape), align_corners=False)
    edges = "zeros" if images.shape[1] == 1 else "border"
    return functional.grid_sample(images, grid, padding_mode=edges, align_corners=False)
