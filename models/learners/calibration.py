"""Calibration: decisions become chances that add up to one.

Chances are the softmax of the decisions times one number, the sharpness (temperature scaling, Guo
et al. 2017, arXiv 1706.04599), chosen on decisions about labels that were held out. One number
cannot change which class is likeliest, so chances and decisions never contradict each other.
Knows nothing of how the decisions came about.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import softmax

from models.interfaces import Indices, Vectors, Weights

#: Where too few labels could be held out. A guess: one margin's lead means 88 % against 12 %.
USUAL_SHARPNESS = 1.0
#: Sharpness is sought from one over this to this.
MOST = 100.0
#: Keeps a logarithm finite where every member is sure of another class.
LEAST_CHANCE = 1e-12

_Array = NDArray[np.float64]


def chances(decisions: Vectors, sharpness: float) -> Vectors:
    """Map decisions (n, k) to chances (n, k) whose rows add up to one.

    A class that was never labeled, far below all others, gets a chance of zero.
    """
    spread = decisions.astype(np.float64) * sharpness
    shares: Vectors = softmax(spread, axis=1).astype(np.float32)
    return shares


def sharpness(decisions: _Array, truth: Indices, weights: Weights | None = None) -> float:
    """Choose the sharpness that makes held-out decisions (n, k) best predict columns `truth` (n,),
    each by its weight (n,).

    It minimizes the cross-entropy against targets softened by Laplace's rule of succession, as
    Platt (1999) softens his, so that a few faultless decisions do not count as certainty.
    """
    if not len(decisions):
        return USUAL_SHARPNESS
    below = decisions - decisions.max(axis=1, keepdims=True)
    counts = np.ones(len(truth)) if weights is None else weights
    wanted = float(counts @ (_targets(truth, decisions.shape[1]) * below).sum(axis=1))

    def cross_entropy(sharp: float) -> float:
        return float(counts @ np.log(np.exp(sharp * below).sum(axis=1))) - sharp * wanted

    return _least(cross_entropy)


def joint_sharpness(
    decisions: _Array, given: NDArray[np.bool_], truth: Indices, weights: Weights
) -> float:
    """Choose one sharpness for members whose chances are averaged.

    `decisions` (members, n, k) count where `given` (members, n): where the member did not learn
    from that label. Labels that no member gave a decision on are left out; the others count by
    their `weights` (n,).
    """
    told = given.any(axis=0)
    decisions, given, truth = decisions[:, told], given[:, told], truth[told]
    if not len(truth):
        return USUAL_SHARPNESS
    targets = weights[told, None] * _targets(truth, decisions.shape[2])
    shares = (given / given.sum(axis=0))[:, :, None]  # (members, n, 1)

    def cross_entropy(sharp: float) -> float:
        mean = (shares * softmax(sharp * decisions, axis=2)).sum(axis=0)
        return -float((targets * np.log(mean + LEAST_CHANCE)).sum())

    return _least(cross_entropy)


def _targets(truth: Indices, classes: int) -> _Array:
    """Soften columns (n,) to target chances (n, k): as if every class had been seen once more."""
    count = len(truth)
    targets = np.full((count, classes), 1 / (count + classes))
    targets[np.arange(count), truth] *= count + 1
    return targets


def _least(cross_entropy: Callable[[float], float]) -> float:
    reach = np.log(MOST)
    found = minimize_scalar(
        lambda logarithm: cross_entropy(float(np.exp(logarithm))),
        bounds=(-reach, reach),
        method="bounded",
        options={"xatol": 0.03},
    )
    return float(np.exp(found.x))
