"""Match to the pool: synthesizes queries, then poses the real images nearest to them.

The search finds the boundary, and people only ever see real images (Wang et al. 2015; Mayer and
Timofte 2020). Knows nothing of how queries are synthesized.
"""

from __future__ import annotations

import numpy as np

from models.interfaces import Indices, QueryBatch, Situation, Strategy, Vectors
from models.neighbors import distances
from models.parts.synthesis_strategies import BandOptions, GaalOptions, MatchNearestOptions
from models.strategies.band import Band
from models.strategies.gaal import Gaal
from models.strategies.pool_batches import pool_batch, require_learner
from models.strategies.synthesis import require_generator

#: Pool images compared at once.
CHUNK = 4096


class MatchNearest:
    """Looks synthesized queries up in the pool; implements `Strategy`."""

    def __init__(self, options: MatchNearestOptions) -> None:
        self._options = options

    def pose(self, situation: Situation, count: int, *, seed: int) -> QueryBatch:
        """Pose the candidates nearest to synthesized images; the utility is minus the distance.

        Each synthesized image takes its nearest that is still free; if they are too few, the
        candidates nearest to any of them follow.
        """
        require_learner(situation)
        require_generator(situation)
        sought = self._synthesis().pose(situation, count, seed=seed)
        rows = np.random.default_rng(seed).permutation(situation.candidates)
        rows = rows[: max(self._options.sample, count)]
        apart = _apart(situation, situation.features.extract(sought.images), rows)
        ranked, lengths = matched(apart)
        return pool_batch(situation, rows[ranked], -lengths, count=count)

    def _synthesis(self) -> Strategy:
        if self._options.synthesis == "gaal":
            return Gaal(GaalOptions())
        # Near copies of the pool are what is sought, and nobody has to name what is not shown.
        return Band(BandOptions(spacing=0.0, least_chance=0.0, density="off"))


def build(options: MatchNearestOptions) -> MatchNearest:
    """Build the strategy."""
    return MatchNearest(options)


def matched(apart: Vectors) -> tuple[Indices, Vectors]:
    """Rank m candidates by distances (s, m) from what is sought: first the nearest free one of each
    in turn, then the rest by their nearest. Returns places (m,) and distances (m,); none without
    anything sought.
    """
    if len(apart) == 0:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
    free = apart.min(axis=0)
    first: list[int] = []
    lengths: list[float] = []
    for each in apart[: apart.shape[1]]:
        place = int(np.where(np.isinf(free), np.inf, each).argmin())
        first.append(place)
        lengths.append(float(each[place]))
        free[place] = np.inf
    rest = np.argsort(free, kind="stable")[: len(free) - len(first)]
    places: Indices = np.concatenate([np.array(first, dtype=np.int64), rest])
    return places, np.concatenate([np.array(lengths, np.float32), free[rest]])


def _apart(situation: Situation, vectors: Vectors, rows: Indices) -> Vectors:
    """Return distances (s, m) between vectors (s, d) and pool rows (m,), chunk by chunk."""
    apart = np.empty((len(vectors), len(rows)), dtype=np.float32)
    for start in range(0, len(rows), CHUNK):
        chunk = slice(start, start + CHUNK)
        apart[:, chunk] = distances(vectors, situation.pool_vectors[rows[chunk]])
    return apart
