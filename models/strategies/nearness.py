"""Near-duplicates: which candidates are far enough from what was asked, and from the pool.

Knows vectors only; knows nothing of how candidates were found.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.interfaces import Indices, Situation, Vectors
from models.neighbors import evenly_spaced, nearest

#: Most pool images that candidates are compared with: 1,536 features of 64 candidates against so
#: many are four billion multiplications.
COMPARED = 20_000


def far_from_asked(vectors: Vectors, situation: Situation, *, least: float) -> NDArray[np.bool_]:
    """Say which vectors (n, d) are at least so far from everything already asked, (n,)."""
    far: NDArray[np.bool_] = nearest(vectors, situation.asked_vectors) >= least
    return far


def far_from_pool(
    vectors: Vectors, situation: Situation, *, least: float, among: Indices
) -> NDArray[np.bool_]:
    """Say which vectors (n, d) are at least so far from every image of the pool, (n,).

    A pool above 20,000 images is stood for by as many evenly spaced ones and the rows `among` (m,)
    that the candidates came from: those are where copies are to be feared.
    """
    if least <= 0 or len(vectors) == 0:
        return np.ones(len(vectors), dtype=bool)
    pool = situation.pool_vectors
    if len(pool) > COMPARED:
        pool = pool[np.union1d(evenly_spaced(len(pool), COMPARED), among)]
    far: NDArray[np.bool_] = nearest(vectors, pool) >= least
    return far
