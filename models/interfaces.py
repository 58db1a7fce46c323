"""What every part of the machine side looks like: features, generators, learners, strategies.

Images at rest are `uint8` arrays shaped (n, channels, height, width); that is also exactly what a
person is shown. Inside networks they are `float32` tensors in [0, 1]. `to_unit` and `to_bytes` are
the only way from one to the other, so real and synthesized images cannot drift apart.

Knows nothing of files, web, database or people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models.errors import ModelError as ModelError

#: `uint8`, (n, channels, height, width).
Images = NDArray[np.uint8]
#: `float32`, (n, dimension).
Vectors = NDArray[np.float32]
#: `int64`, (n,): class indices 0..k-1, or pool rows.
Indices = NDArray[np.int64]
#: `float64`, (n,): how much each label counts beside the others, above 0.
Weights = NDArray[np.float64]
#: Facts and options that survive JSON.
Fact = str | int | float | bool | None
Facts = Mapping[str, Fact]


class Progress(Protocol):
    """Called while training."""

    def __call__(self, share: float, facts: Facts, samples: Images | None = None, /) -> None:
        """Tell the share done in [0, 1], facts such as `loss`, `epoch` and `epochs`, and at the
        end of an epoch what is drawn by now, (n, channels, height, width).
        """


class PoolTooSmall(ModelError):
    """The pool has too few images for this part; import more or choose one that needs fewer."""


class NotEnoughClasses(ModelError):
    """A learner needs labels of at least two classes."""


class ShapeUnsupported(ModelError):
    """This part cannot work with images of this size; its message says which sizes it can."""


class CheckpointMismatch(ModelError):
    """A checkpoint was written by another part or for other images."""


class CheckpointDamaged(ModelError):
    """The bytes of a checkpoint are cut off or altered; train the part again or restore it."""


class WeightsUnusable(ModelError):
    """A part needs weights from a local file that is missing or holds others."""


class PartMissing(ModelError):
    """A strategy needs a part that the situation does not have yet."""


@dataclass(frozen=True)
class ImageShape:
    """The working size of a project's images."""

    channels: int
    height: int
    width: int

    @classmethod
    def of(cls, images: Images) -> ImageShape:
        """Read the shape from a batch (n, channels, height, width)."""
        return cls(int(images.shape[1]), int(images.shape[2]), int(images.shape[3]))

    @property
    def pixels(self) -> int:
        """Numbers per image."""
        return self.channels * self.height * self.width

    def __str__(self) -> str:
        return f"{self.width} x {self.height} pixels, {self.channels} channels"

    def require(self, images: Images) -> None:
        """Raise `CheckpointMismatch` unless images (n, c, h, w) are of this shape."""
        if ImageShape.of(images) != self:
            raise CheckpointMismatch(
                f"This part works with images of {self}; these are {ImageShape.of(images)}."
            )


@dataclass(frozen=True)
class Checkpoint:
    """Saved weights plus facts of a generator, features or learner.

    `kind` is `features`, `generator`, `learner`, `recognizability`, or `training` for what a
    training needs to go on; `name` its name in the catalogue; `facts` everything besides tensors
    that `load` needs, and what training measured.
    """

    kind: str
    name: str
    facts: Facts
    tensors: Mapping[str, Tensor] = field(default_factory=dict)


class Features(Protocol):
    """The map from pixels to the vectors that a learner sees."""

    @property
    def dimension(self) -> int:
        """Length of one vector."""

    def extract(self, images: Images) -> Vectors:
        """Map images (n, channels, height, width) to vectors (n, dimension)."""

    def forward(self, images: Tensor) -> Tensor:
        """Map unit images (n, channels, height, width) to (n, dimension), differentiably."""

    def realism(self, images: Images) -> Vectors:
        """Say how real images look to these features, (n,): larger is more real, and zero
        throughout where the features have no opinion.
        """

    def checkpoint(self) -> Checkpoint:
        """Return everything needed to load this part again."""


class Generator(Protocol):
    """Maps latents to images."""

    @property
    def shape(self) -> ImageShape:
        """The size of the images it makes."""

    @property
    def latent_size(self) -> int:
        """Length of one latent; latents are about standard normal."""

    @property
    def encodes(self) -> bool:
        """Whether `encode` works, so that a search may start at real images."""

    def generate(self, latents: Tensor) -> Tensor:
        """Map latents (n, latent_size) to unit images (n, c, h, w), differentiably, without effects
        from one row on another.

        Double-precision latents are computed in double precision on the CPU: the exact path that
        images shown to people are rendered by.
        """

    def encode(self, images: Tensor) -> Tensor:
        """Map unit images to latents (n, latent_size); raises `ModelError` unless `encodes`."""

    def checkpoint(self) -> Checkpoint:
        """Return everything needed to load this part again."""


class Learner(Protocol):
    """The classifier being taught. Decisions are one column per class, one-vs-rest."""

    @property
    def classes(self) -> int:
        """Number of columns k of a decision. With two classes the columns are (-f, f)."""

    def decide(self, vectors: Vectors) -> Vectors:
        """Map vectors (n, d) to decisions (n, k); the largest column is the predicted class."""

    def forward(self, vectors: Tensor) -> Tensor:
        """Like `decide`, differentiably, on tensors."""

    def chances(self, vectors: Vectors) -> Vectors:
        """Map vectors (n, d) to calibrated chances of each class (n, k) that add up to one.

        A class without labels has a chance of zero.
        """

    def checkpoint(self) -> Checkpoint:
        """Return everything needed to load this part again."""


class Recognizer(Protocol):
    """Predicts the chance that a person can name an image."""

    def chance(self, cues: Vectors) -> NDArray[np.float32]:
        """Map cues (n, c) to chances in [0, 1], shaped (n,)."""


@dataclass(frozen=True)
class Situation:
    """All that a strategy may look at when it poses queries.

    Shapes: `pool_images` (p, c, h, w), `pool_vectors` (p, d), `candidates` (m,) rows of the pool
    that were never asked, `labeled_vectors` (l, d) with `labeled_classes` (l,), `asked_vectors`
    (a, d) of everything already put to people, answered or not.
    """

    pool_images: Images
    pool_vectors: Vectors
    candidates: Indices
    labeled_vectors: Vectors
    labeled_classes: Indices
    asked_vectors: Vectors
    features: Features
    learner: Learner | None = None
    generator: Generator | None = None
    recognizer: Recognizer | None = None


@dataclass(frozen=True)
class QueryBatch:
    """Queries that a strategy poses: real images by pool row, or synthesized ones by latent.

    `rows` (n,) holds the pool row of each query, -1 for a synthesized one; `images`
    (n, c, h, w); `latents` (n, z) or None; `margins` (n,) is half the gap between the two best
    classes (|f| for two), NaN without a learner; `utilities` (n,) is what was maximized;
    `facts` are kept with the round (restarts, steps, candidates held back, seconds...).
    """

    rows: Indices
    images: Images
    utilities: Vectors
    margins: Vectors
    latents: Vectors | None = None
    facts: Facts = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)


class Strategy(Protocol):
    """Decides which queries to pose."""

    def pose(self, situation: Situation, count: int, *, seed: int) -> QueryBatch:
        """Pose at most `count` queries (fewer when candidates run out); the same seed and
        situation give the same batch. Never poses one image twice.
        """


def to_unit(images: Images) -> Tensor:
    """Map `uint8` images to `float32` tensors in [0, 1] of the same shape."""
    return torch.from_numpy(np.array(images, order="C")).to(torch.float32).div_(255.0)


def to_bytes(images: Tensor) -> Images:
    """Map unit images to `uint8`, rounding to the nearest grey level."""
    scaled = images.detach().clamp(0.0, 1.0).mul(255.0).round()
    array: Images = scaled.to(torch.uint8).cpu().numpy()
    return array


def margins(decisions: Vectors) -> Vectors:
    """Map decisions (n, k) to half the gap between the two largest columns, (n,).

    With two classes this is |f|, the distance measure of SVMactive (Tong and Koller 2001).
    """
    # Two columns need no sorting, which would take as long as deciding.
    two = decisions.shape[1] == 2
    top_two = decisions if two else np.partition(decisions, decisions.shape[1] - 2, axis=1)[:, -2:]
    gap: Vectors = (np.abs(top_two[:, 1] - top_two[:, 0]) / 2).astype(np.float32)
    return gap
