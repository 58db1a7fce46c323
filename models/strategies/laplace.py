"""The Laplace approximation (MacKay 1992): weights that labels allow, drawn around the best ones.

Class by class, each with the curvature of its own softmax output and a fixed bias; a member is one
draw of all classes. Unlike a bootstrap it is also unsure where no labeled vector points.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.special import softmax

from models.interfaces import Indices, Vectors
from models.strategies.committees import STRENGTH, Array, Committee, Taught


def posterior(vectors: Vectors, classes: Indices, *, members: int, seed: int) -> Committee:
    """Draw a committee given vectors (l, d) labeled with classes (l,), two of which are present."""
    rng = np.random.default_rng(seed)
    taught = Taught.of(vectors, classes, rng)
    inputs = taught.frame.vectors.astype(np.float64)
    precision = len(taught.columns) * STRENGTH
    slopes, offsets = taught.fit(np.ones(len(inputs)))
    chances = softmax(inputs @ slopes.T + offsets, axis=1)
    curvatures = (chances * (1 - chances)).T  # (k, l)
    moved = [
        deviations(inputs, curvature, precision=precision, count=members, rng=rng)
        for curvature in (curvatures[1:] if taught.classes == 2 else curvatures)
    ]
    if taught.classes == 2:  # The two columns mirror each other, half a logit each.
        moved = [-moved[0] / 2, moved[0] / 2]
    return taught.seat(slopes + np.stack(moved, axis=1), np.tile(offsets, (members, 1)))


def deviations(
    inputs: Array, curvature: Array, *, precision: float, count: int, rng: np.random.Generator
) -> Array:
    """Draw vectors (count, d) from N(0, inverse(precision I + X^T diag(curvature) X)).

    A draw from the prior is corrected by what noisy observations of it on the inputs X (l, d) would
    teach (Matheron's rule), so only a system of l equations is solved.
    """
    rows = np.sqrt(curvature)[:, None] * inputs  # (l, d)
    prior = rng.standard_normal((count, inputs.shape[1])) / np.sqrt(precision)
    seen = prior @ rows.T + rng.standard_normal((count, len(rows)))
    system = rows @ rows.T / precision + np.eye(len(rows))
    drawn: Array = prior - cho_solve(cho_factor(system), seen.T).T @ rows / precision
    return drawn
