"""Boundary walks to ask about: strips of frames from a labeled image over the boundary to another.

People mark where a strip stops showing its first class and where it begins to show the second one:
one gesture that tells two classes and bounds the boundary (the ways are those of Baum 1991).
Knows nothing of annotators or storage.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.interfaces import Situation, Vectors
from models.neighbors import same
from models.strategies.interpolate import pairs_of_classes
from models.strategies.labeled_images import labeled_pool_rows, latents_of_rows
from models.strategies.pool_batches import require_learner
from models.strategies.synthesis import require_generator
from models.strategies.walk import Parts, Walk, crossings, walk

#: Frames of a strip: coarse enough to be seen at once, fine enough to mark a boundary on.
FRAMES = 11
#: Ways that are looked at for each strip wanted: not on every one does the learner change its mind.
TRIED = 4


@dataclass(frozen=True)
class Strip:
    """A walk between labeled images of two classes, `sides`, and the latents (z,) of its ends."""

    walk: Walk
    sides: tuple[int, int]
    start: Vectors
    end: Vectors

    @property
    def crossing(self) -> int:
        """The frame where the learner changes its mind."""
        return self.walk.crossing or len(self.walk.images) // 2


def pose(situation: Situation, count: int, *, seed: int) -> list[Strip]:
    """Pose at most `count` strips on whose way the learner changes its mind, classes in turns.

    Poses fewer where there are fewer such ways, or where people saw the crossing before; none as
    long as real images of fewer than two classes are labeled. Raises `PartMissing` without a
    generator or a learner.
    """
    parts = Parts(require_generator(situation), situation.features, require_learner(situation))
    rng = np.random.default_rng(seed)
    rows, classes = labeled_pool_rows(situation)
    pairs = pairs_of_classes(classes, TRIED * count, rng)  # (n, 2)
    latents = latents_of_rows(situation, parts.generator, rows, rng)
    starts, ends, sides = latents[pairs[:, 0]], latents[pairs[:, 1]], classes[pairs]
    found = np.flatnonzero(crossings(parts, starts, ends, sides).found)
    strips: list[Strip] = []
    for place in found:
        if len(strips) == count:
            break
        both = (int(sides[place][0]), int(sides[place][1]))
        walked = walk(parts, starts[place], ends[place], frames=FRAMES, sides=both)
        strip = Strip(walked, both, starts[place], ends[place])
        vector = situation.features.extract(walked.images[[strip.crossing]])[0]
        if not same(situation.asked_vectors, vector):
            strips.append(strip)
    return strips
