"""Hyperplanes of least squared error, one per class against the rest (Suykens, Vandewalle 1999).

They are found in closed form, so tens of thousands of labels take a moment. Labels that lie far on
their own side pull as well, which keeps planes steady where many labels are guesses. Knows nothing
of strengths being chosen, of images or of learners.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve

from models.interfaces import Indices, Vectors, Weights
from models.learners.planes import Array, Planes


def targets(classes: Indices) -> Array:
    """Return 1 for the class of each label (n,) that has labels, and -1 for all others: (n, k)."""
    found: Array = np.where(classes[:, None] == np.unique(classes), 1.0, -1.0)
    return found


def on_gram(gram: Array, classes: Indices, weights: Weights, *, ridge: float) -> Planes:
    """Solve on a Gram matrix (n, n): least is the weighted sum of squared errors plus ridge |w|^2.

    Labels have classes (n,) and count by weights (n,).
    """
    count = len(gram)
    system = np.zeros((count + 1, count + 1))
    system[:count, :count] = gram
    # A label that hardly counts may be missed by far; one that does not count at all would divide.
    heavy = np.maximum(weights, np.finfo(np.float32).eps)
    system[np.arange(count), np.arange(count)] += ridge / heavy
    system[count, :count] = system[:count, count] = 1
    wanted = np.vstack([targets(classes), np.zeros(len(np.unique(classes)))])
    found = solve(system, wanted, assume_a="sym")
    return Planes(found[:count].T, found[count])


def on_vectors(vectors: Vectors, classes: Indices, weights: Weights, *, ridge: float) -> Planes:
    """Solve the same on vectors (n, d), for more labels than dimensions."""
    shares = (weights / weights.sum()).astype(np.float32)
    wanted = targets(classes)
    middle, mean = shares @ vectors, shares @ wanted  # (d,), (k,)
    moved = vectors - middle
    weighted = moved * shares[:, None]
    squares = (weighted.T @ moved).astype(np.float64)
    squares[np.arange(len(squares)), np.arange(len(squares))] += ridge / weights.sum()
    products = weighted.T.astype(np.float64) @ (wanted - mean)
    slopes = cho_solve(cho_factor(squares, overwrite_a=True), products).T
    return Planes(slopes, mean - slopes @ middle)


def shares(
    planes: Planes, vectors: Vectors, classes: Indices, weights: Weights, *, ridge: float
) -> Planes:
    """Return the share of each vector (n, d) in the hyperplanes that it was solved for.

    Where the loss is least, its slope is none: each hyperplane is the sum of the vectors by what
    each misses, over the ridge.
    """
    missed = targets(classes) - planes.sides(vectors)
    return Planes((missed * weights[:, None] / ridge).T, planes.offsets)
