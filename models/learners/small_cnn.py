"""A small convolutional network on pixels: two layers that see, one that decides.

It works on the vectors of pixel features alone: their length tells the shape, for d = c h h has one
answer with one or three channels. It is trained in seconds. A third of the labels, held out from a
first training, calibrates the chances of a second one on all.
"""

from __future__ import annotations

from functools import partial
from math import isqrt

import numpy as np
import torch
from torch import Tensor

from models.checkpoints import (
    below,
    number,
    read_shape,
    require_kind,
    shape_facts,
    tensor,
    whole_number,
)
from models.interfaces import (
    Checkpoint,
    Facts,
    ImageShape,
    Indices,
    ShapeUnsupported,
    Vectors,
    Weights,
)
from models.learners import calibration
from models.learners.held_out import all_alike, hold_out, require_classes
from models.learners.linear_learner import require_length
from models.learners.planes import NEVER
from models.learners.small_network import Lesson, SmallNetwork, as_images, taught
from models.networks import restored
from models.parts.learners import SmallCnnOptions

NAME = "small_cnn"
SMALLEST_SIDE = 8
#: Images decided on at once, which bounds the memory.
CHUNK = 1024


class SmallCnn:
    """A frozen network over the classes that have labels; implements `Learner`."""

    def __init__(
        self, network: SmallNetwork, present: Tensor, *, shape: ImageShape, facts: Facts
    ) -> None:
        self._network = network
        self._present = present  # (k,)
        self._shape = shape
        self.facts = facts

    @property
    def classes(self) -> int:
        """Number of columns k of a decision."""
        return whole_number(self.facts, "classes")

    def decide(self, vectors: Vectors) -> Vectors:
        """Map pixel vectors (n, d) to decisions (n, k); the largest column wins.

        Raises `CheckpointMismatch` for vectors of another length.
        """
        require_length(vectors, self._shape.pixels)
        decisions = np.empty((len(vectors), self.classes), dtype=np.float32)
        with torch.inference_mode():
            for start in range(0, len(vectors), CHUNK):
                chunk = torch.from_numpy(np.array(vectors[start : start + CHUNK], order="C"))
                decisions[start : start + CHUNK] = self.forward(chunk).cpu().numpy()
        return decisions

    def forward(self, vectors: Tensor) -> Tensor:
        """Like `decide`, differentiably, on tensors: logits less their mean, so (-f, f) for two."""
        home, away = self._network.head.weight.device, vectors.device
        logits = self._network(as_images(vectors, self._shape).to(home))
        logits = logits - logits.mean(dim=1, keepdim=True)
        never = torch.full((len(vectors), self.classes), NEVER, device=home, dtype=logits.dtype)
        return never.index_copy(1, self._present, logits).to(away)

    def chances(self, vectors: Vectors) -> Vectors:
        """Map pixel vectors (n, d) to calibrated chances (n, k); rows add up to one."""
        return calibration.chances(self.decide(vectors), number(self.facts, "sharpness"))

    def checkpoint(self) -> Checkpoint:
        """Return the weights, and as facts the shape of the images and what fitting measured."""
        tensors = {f"network.{key}": each for key, each in self._network.state_dict().items()}
        facts = {**self.facts, **shape_facts(self._shape)}
        return Checkpoint("learner", NAME, facts, tensors | {"present": self._present})


def fit(
    vectors: Vectors,
    classes: Indices,
    options: SmallCnnOptions,
    *,
    count: int,
    seed: int,
    weights: Weights | None = None,
    groups: Indices | None = None,
) -> SmallCnn:
    """Fit pixel vectors (n, d) labeled with class indices (n,) of a project with `count` classes.

    Labels count by their weights (n,), all alike without; those of one group (n,) are held out
    together. Raises `ShapeUnsupported` unless d is that of square images, and `NotEnoughClasses`
    unless two classes have labels.
    """
    shape, present = shape_of(vectors.shape[1]), require_classes(classes, count)
    columns, counts = np.searchsorted(present, classes), all_alike(classes, weights)
    lesson = Lesson(vectors, columns, counts, shape, len(present), options.steps)
    held = hold_out(classes, seed=seed, groups=groups)
    kept = held.rows[held.folds == 0]
    sharpness = calibration.USUAL_SHARPNESS
    if len(kept):
        first = taught(lesson.without(kept), seed=seed)
        with torch.inference_mode():
            logits = first(as_images(torch.from_numpy(vectors[kept]), shape)).double().numpy()
        sharpness = calibration.sharpness(logits, columns[kept], counts[kept])
    facts = {"sharpness": sharpness, "labels": len(classes), "classes": count}
    network = taught(lesson, seed=seed)
    return SmallCnn(network, torch.from_numpy(present), shape=shape, facts=facts)


def load(checkpoint: Checkpoint, *, device: str = "cpu") -> SmallCnn:
    """Load a learner; raises `CheckpointMismatch` for another part's checkpoint."""
    require_kind(checkpoint, "learner", name=NAME)
    number(checkpoint.facts, "sharpness")
    shape, present = read_shape(checkpoint.facts), tensor(checkpoint, "present")
    build = partial(SmallNetwork, shape, len(present))
    network = restored(build, below("network", checkpoint.tensors)).to(device)
    return SmallCnn(network, present.to(device), shape=shape, facts=checkpoint.facts)


def shape_of(length: int) -> ImageShape:
    """Tell the shape of square images from the length of their pixel vectors.

    There is one answer at most: no square is three times another. Raises `ShapeUnsupported`.
    """
    for channels in (1, 3):
        side = isqrt(length // channels)
        if channels * side * side == length and side >= SMALLEST_SIDE:
            return ImageShape(channels, side, side)
    raise ShapeUnsupported(
        f"Vectors of length {length} are not the pixels of square images of at least "
        f"{SMALLEST_SIDE} x {SMALLEST_SIDE} with 1 or 3 channels. The small network works on "
        "pixels: choose pixels as features, or another learner."
    )
