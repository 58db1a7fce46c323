"""The ledger of a run: all that was put to people, in order, and what they said.

Knows nothing of who posed it or of the learner.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from models.interfaces import Images, Indices, Vectors
from models.rounds.refusals import SYNTHESIZED

#: Sources that choose without regard to the learner.
FAIR = ("cold_start", "explore")
#: Answers that are no class.
REFUSED, MARKED = -1, -2


@dataclass
class Tally:
    """Queries and refusals by source."""

    posed: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    #: What people would have refused who name an image that they are 60 % sure of.
    refused_if_bold: Counter[str] = field(default_factory=Counter)


@dataclass(eq=False)
class Asked:
    """Everything put to people so far, in order; the lists are of one length."""

    vectors: list[Vectors] = field(default_factory=list)
    #: Class index, `REFUSED`, or `MARKED` for a walk that was marked.
    answers: list[int] = field(default_factory=list)
    #: Pool row, or -1 for a synthesized image.
    rows: list[int] = field(default_factory=list)
    images: list[Images] = field(default_factory=list)
    #: Who posed it: the slot of the mix, or `cold_start`.
    sources: list[str] = field(default_factory=list)
    #: Of each synthesized query, walks too: whether it was refused.
    refused: list[bool] = field(default_factory=list)
    #: What walks taught beside: frames (f, c, h, w), their vectors (f, d) and classes (f,).
    frames: list[Images] = field(default_factory=list)
    frame_vectors: list[Vectors] = field(default_factory=list)
    frame_classes: list[Indices] = field(default_factory=list)

    def stacked(self, dimension: int) -> Vectors:
        """Return the vectors of all that was asked, (n, d)."""
        return np.concatenate([np.empty((0, dimension), np.float32), *self.vectors])

    def named(self) -> Indices:
        """Return which of them were named."""
        return np.flatnonzero(np.array(self.answers, dtype=np.int64) >= 0)

    def fair(self) -> NDArray[np.bool_]:
        """Say of what `taught` returns (t,) whether it was chosen without regard to the learner."""
        fair = np.isin(np.array(self.sources)[self.named()], FAIR)
        return np.pad(fair, (0, sum(len(each) for each in self.frames)))

    def classes(self) -> Indices:
        """Return the classes (t,) of all that `taught` returns."""
        named = np.array(self.answers, dtype=np.int64)[self.named()]
        return np.concatenate([named, *self.frame_classes])

    def taught(self, dimension: int) -> Vectors:
        """Return the vectors (t, d) that have a class: of named images, and of walks' frames."""
        return np.concatenate([self.stacked(dimension)[self.named()], *self.frame_vectors])

    def taught_images(self) -> Images:
        """Return the images (t, c, h, w) of what `taught` returns."""
        return np.concatenate([np.concatenate(self.images)[self.named()], *self.frames])

    def without(self, source: str) -> Asked:
        """Return all that the other sources asked; walks and their frames are of synthesis."""
        kept = np.flatnonzero(np.array(self.sources) != source)
        left = Asked(
            vectors=[np.concatenate(self.vectors)[kept]],
            answers=[self.answers[place] for place in kept],
            rows=[self.rows[place] for place in kept],
            images=[np.concatenate(self.images)[kept]],
            sources=[self.sources[place] for place in kept],
        )
        if source == SYNTHESIZED:
            return left
        return replace(
            left,
            refused=self.refused,
            frames=self.frames,
            frame_vectors=self.frame_vectors,
            frame_classes=self.frame_classes,
        )

    @property
    def labels(self) -> int:
        """How many answers told something."""
        return len(self.answers) - self.answers.count(REFUSED)
