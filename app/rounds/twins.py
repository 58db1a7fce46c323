"""Twins: the real images nearest to a synthesized one, in feature space.

Knows nothing of people or the database; rows are rows of the pool's vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.rounds.briefs import Brief
from app.rounds.fitting import Fitted
from app.rounds.posed import Posed
from app.words import Way
from models.interfaces import Indices, Vectors
from models.neighbors import CHUNK, distances

#: Real images kept for each synthesized one.
TWINS = 4


def find(brief: Brief, fitted: Fitted, posed: Sequence[Posed], vectors: Vectors) -> list[Posed]:
    """Give each single synthesized image its twins, among the images nobody is asked about.

    `vectors` (n, d) are of the posed images.
    """
    found = list(posed)
    made = [i for i, each in enumerate(posed) if each.image is not None and each.way is Way.SINGLE]
    free = _free(brief, fitted, posed)
    rows, apart = nearest_rows(vectors[made], fitted.pool_vectors, free=free)
    for place, near, far in zip(made, rows, apart, strict=True):
        twins = tuple(
            (int(row), float(distance))
            for row, distance in zip(near, far, strict=True)
            if np.isfinite(distance)
        )
        found[place] = replace(posed[place], twins=twins)
    return found


def _free(brief: Brief, fitted: Fitted, posed: Sequence[Posed]) -> NDArray[np.bool_]:
    """Mark the pool's images (n,) that neither were asked about nor are about to be."""
    free = np.ones(len(fitted.pool_vectors), dtype=bool)
    free[brief.pool.rows([each.place for each in brief.asked if each.place is not None])] = False
    free[[row for each in posed for row in (each.row, *(each.rows or ())) if row is not None]] = (
        False
    )
    return free


def nearest_rows(
    vectors: Vectors, pool: Vectors, count: int = TWINS, *, free: NDArray[np.bool_] | None = None
) -> tuple[Indices, Vectors]:
    """Return the `count` nearest pool rows (n, c) of each vector and their distances, nearest
    first. A smaller pool gives all of its rows; rows that are not `free` are infinitely far.
    """
    rows = np.empty((len(vectors), 0), dtype=np.int64)
    apart = np.empty((len(vectors), 0), dtype=np.float32)
    for start in range(0, len(pool), CHUNK):
        chunk = distances(vectors, pool[start : start + CHUNK])
        if free is not None:
            chunk[:, ~free[start : start + CHUNK]] = np.inf
        near = _least(chunk, count)
        rows = np.hstack([rows, start + near])
        apart = np.hstack([apart, np.take_along_axis(chunk, near, axis=1)])
        order = np.lexsort((rows, apart), axis=1)[:, :count]
        rows = np.take_along_axis(rows, order, axis=1)
        apart = np.take_along_axis(apart, order, axis=1)
    return rows, apart


def _least(values: Vectors, count: int) -> Indices:
    """Return the columns (n, c) of the least values of each row, in no order."""
    columns: Indices = np.argpartition(values, min(count, values.shape[1]) - 1, axis=1)[:, :count]
    return columns
