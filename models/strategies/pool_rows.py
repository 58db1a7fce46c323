"""Numbers for many rows of the pool, chunk by chunk, copied as little as can be.

Knows nothing of images, learners or what is computed.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.interfaces import Indices, Situation, Vectors

#: Rows computed at once: a large pool is never copied whole.
CHUNK = 8192
#: Rows are computed where they are, gaps included, unless they are this much rarer than that.
SPARSE = 2
#: Memory-mapped vectors larger than this many bytes are let go of as they have been read.
RESIDENT = 512 * 1024 * 1024


def over_rows(
    vectors: Vectors, rows: Indices, compute: Callable[[Vectors], NDArray[Any]]
) -> NDArray[Any]:
    """Return what `compute` says of each of the rows (n,) of vectors (p, d).

    `compute` maps vectors (m, d) to results (m, ...), each from its own row alone.
    """
    found = []
    for start in range(0, max(len(rows), 1), CHUNK):
        found.append(_chunk(vectors, rows[start : start + CHUNK], compute))
        _let_go(vectors)
    return np.concatenate(found)


def chunks(vectors: Vectors) -> Iterator[Vectors]:
    """Go through vectors (p, d) in views of a few thousand rows."""
    for start in range(0, len(vectors), CHUNK):
        yield np.asarray(vectors[start : start + CHUNK])
        _let_go(vectors)


def _chunk(
    vectors: Vectors, rows: Indices, compute: Callable[[Vectors], NDArray[Any]]
) -> NDArray[Any]:
    if len(rows) == 0:
        return compute(np.asarray(vectors[:0]))
    first, last = int(rows.min()), int(rows.max())
    if last - first >= SPARSE * len(rows):
        return compute(np.asarray(vectors[rows]))
    return compute(np.asarray(vectors[first : last + 1]))[rows - first]


def _let_go(vectors: Vectors) -> None:
    """Give back the memory of a large file's pages; the file keeps what is in them."""
    shared = isinstance(vectors, np.memmap) and vectors.mode in ("r", "r+")
    if not shared or vectors.nbytes < RESIDENT:
        return
    owner: Any = vectors
    while isinstance(owner, np.ndarray):
        owner = owner.base
    if isinstance(owner, mmap.mmap):
        owner.madvise(mmap.MADV_DONTNEED)


@dataclass(frozen=True)
class Drawn:
    """Candidates that a strategy looks at: pool rows (n,), at `places` (n,) of vectors (v, d)."""

    rows: Indices
    vectors: Vectors
    places: Indices

    def __len__(self) -> int:
        return len(self.rows)

    def over(self, compute: Callable[[Vectors], NDArray[Any]]) -> NDArray[Any]:
        """Return what `compute` says of each candidate, as `over_rows` does."""
        return over_rows(self.vectors, self.places, compute)

    def vector(self, index: int) -> NDArray[np.float32]:
        """Return the vector (d,) of one candidate."""
        return np.asarray(self.vectors[self.places[index]])

    def copied(self) -> Vectors:
        """Return the vectors (n, d) of all candidates, copied."""
        return np.asarray(self.vectors[self.places])


def draw(situation: Situation, most: int, *, seed: int) -> Drawn:
    """Take all candidates, or `most` of them drawn at random; only the drawn ones are copied."""
    rows = situation.candidates
    if len(rows) <= most:
        return Drawn(rows, situation.pool_vectors, rows)
    chosen = np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))
    return Drawn(chosen, situation.pool_vectors[chosen], np.arange(most))
