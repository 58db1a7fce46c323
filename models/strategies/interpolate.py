"""Interpolate: images between two labeled ones of different classes, where the learner changes its
mind (Baum 1991; shown to people by Baum and Lang 1992, who could not name many of them).

Knows nothing of annotators or storage.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from models.interfaces import Indices, QueryBatch, Situation, margins
from models.parts.synthesis_strategies import InterpolateOptions
from models.strategies.labeled_images import labeled_pool_rows, latents_of_rows
from models.strategies.pool_batches import require_learner
from models.strategies.synthesis import require_generator, synthesized_batch
from models.strategies.walk import Parts, crossings

#: Pairs per query wanted at least, to fill in for ways without a crossing.
SPARE = 2


class Interpolate:
    """Bisects ways between labeled images; implements `Strategy`."""

    def __init__(self, options: InterpolateOptions) -> None:
        self._options = options

    def pose(self, situation: Situation, count: int, *, seed: int) -> QueryBatch:
        """Pose the crossings, those nearest to the boundary first; the utility is minus the margin.

        Where the learner does not change its mind on a way, its closest point comes after all
        crossings. Poses none as long as real images of fewer than two classes are labeled.
        """
        parts = Parts(require_generator(situation), situation.features, require_learner(situation))
        rng = np.random.default_rng(seed)
        rows, classes = labeled_pool_rows(situation)
        pairs = pairs_of_classes(classes, max(self._options.pairs, SPARE * count), rng)  # (n, 2)
        latents = latents_of_rows(situation, parts.generator, rows, rng)
        met = crossings(
            parts,
            latents[pairs[:, 0]],
            latents[pairs[:, 1]],
            classes[pairs],
            bisections=self._options.bisections,
        )
        gaps = margins(parts.decisions(met.latents))
        order = np.lexsort([gaps, ~met.found])
        facts = {"pairs": len(pairs), "crossed": int(met.found.sum())}
        return synthesized_batch(
            situation, met.latents[order], -gaps[order], count=count, facts=facts
        )


def build(options: InterpolateOptions) -> Interpolate:
    """Build the strategy."""
    return Interpolate(options)


def pairs_of_classes(classes: Indices, count: int, rng: np.random.Generator) -> Indices:
    """Draw at most `count` different pairs (n, 2) of places in classes (m,) that differ in class.

    The pairs of classes take turns, so that each is drawn about equally often.
    """
    places = {int(label): np.flatnonzero(classes == label) for label in np.unique(classes)}
    kinds = list(combinations(sorted(places), 2))
    ways = []
    for one, other in (kinds[each] for each in rng.permutation(len(kinds))):
        firsts, seconds = places[one], places[other]
        size = len(firsts) * len(seconds)
        drawn = rng.choice(size, min(count, size), replace=False)
        ways.append(np.stack([firsts[drawn // len(seconds)], seconds[drawn % len(seconds)]], 1))
    turns = [way[turn] for turn in range(count) for way in ways if turn < len(way)]
    return np.array(turns[:count], dtype=np.int64).reshape(-1, 2)
