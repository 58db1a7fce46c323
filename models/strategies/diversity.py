"""Diverse batches: which of the best candidates to pose together.

Knows vectors and utilities; knows nothing of images or latents.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.interfaces import Indices, Vectors
from models.neighbors import distances
from models.strategies.clustering import medoids

#: What is left of a candidate's volume once an equal one is chosen is rounding.
NO_VOLUME = 1e-9


def diverse_first(
    vectors: Vectors, utilities: Vectors, count: int, *, diversity: str, seed: int
) -> Indices:
    """Order candidates, vectors (n, d) with utilities (n,) best first: the `count` that go well
    together, then the rest in their order. `diversity` is `medoids`, `dpp` or `none`.
    """
    chosen = np.empty(0, dtype=np.int64)
    if diversity == "medoids":
        chosen, _ = medoids(vectors, count, seed=seed)
    elif diversity == "dpp":
        chosen = most_probable_subset(kernel(vectors, utilities), count)
    rest = np.setdiff1d(np.arange(len(vectors)), chosen)
    order: Indices = np.concatenate([chosen, rest])
    return order


def kernel(vectors: Vectors, utilities: Vectors) -> NDArray[np.float64]:
    """Return the kernel (n, n) of a determinantal point process over vectors (n, d).

    Quality times likeness (Kulesza and Taskar 2012, section 3.1): likeness falls with the squared
    distance, by half at the median one; the quality of a candidate is exp(utility).
    """
    apart = distances(vectors, vectors).astype(np.float64)
    np.fill_diagonal(apart, 0)
    between = apart[np.triu_indices(len(apart), 1)]
    middle = float(np.median(between)) if len(between) else 0.0
    likeness = np.exp2(-np.square(apart / (middle or 1.0)))
    quality = np.exp((utilities - utilities.max(initial=-np.inf)).astype(np.float64))
    found: NDArray[np.float64] = quality[:, None] * likeness * quality[None]
    return found


def most_probable_subset(kernel: NDArray[np.float64], count: int) -> Indices:
    """Choose at most `count` rows of a kernel (n, n) greedily for the largest determinant.

    Each step adds the row that multiplies the determinant most, by an incremental Cholesky
    factorization (Chen, Zhang and Zhou 2018, algorithm 1). Ends early when only copies are left.
    """
    count = min(count, len(kernel))
    volume = kernel.diagonal().copy()  # what each row would multiply the determinant by
    factors = np.zeros((count, len(kernel)))
    smallest = NO_VOLUME * volume.max(initial=0.0)
    chosen: list[int] = []
    for step in range(count):
        best = int(volume.argmax())
        if volume[best] <= smallest:
            break
        chosen.append(best)
        along = kernel[best] - factors[:step, best] @ factors[:step]
        factors[step] = along / np.sqrt(volume[best])
        volume = volume - np.square(factors[step])
        volume[chosen] = -np.inf
    return np.array(chosen, dtype=np.int64)
