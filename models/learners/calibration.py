"""Calibration: decisions become chances that add up to one.

Chances are the softmax of the decisions times one number, the sharpness (temperature scaling, Guo
et al. 2017, arXiv 1706.04599), chosen on decisions about labels that were held out. One number
cannot change which class is likeliest, so chances and decisions never contradict each other.
Knows nothing of how the decisions came about.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, logsumexp, softmax

from models.interfaces import Indices, Vectors

#: Where too few labels could be held out. A guess: one margin's lead means 88 % against 12 %.
USUAL_SHARPNESS = 1.0
#: Sharpness is sought from one over this to this.
MOST = 100.0

_Array = NDArray[np.float64]


def chances(decisions: Vectors, sharpness: float) -> Vectors:
    """Map decisions (n, k) to chances (n, k) whose rows add up to one.

    A class that was never labeled, far below all others, gets a chance of zero.
    """
    spread = decisions.astype(np.float64) * sharpness
    shares: Vectors = softmax(spread, axis=1).astype(np.float32)
    return shares


def sharpness(decisions: _Array, truth: Indices) -> float:
    """Choose the sharpness that makes held-out decisions (n, k) best predict columns `truth` (n,).

    It minimizes the cross-entropy against targets softened by Laplace's rule of succession, as
    Platt (1999) softens his, so that a few faultless decisions do not count as certainty.
    """
    return joint_sharpness(decisions[None], np.ones((1, len(truth)), dtype=np.bool_), truth)


def joint_sharpness(decisions: _Array, given: NDArray[np.bool_], truth: Indices) -> float:
    """Choose one sharpness for members whose chances are averaged.

    `decisions` (members, n, k) count where `given` (members, n): where the member did not learn
    from that label. Labels that no member gave a decision on are left out.
    """
    told = given.any(axis=0)
    decisions, given, truth = decisions[:, told], given[:, told], truth[told]
    _, count, classes = decisions.shape
    if not count:
        return USUAL_SHARPNESS
    targets = np.full((count, classes), 1 / (count + classes))
    targets[np.arange(count), truth] *= count + 1
    weights = (given / given.sum(axis=0))[:, :, None]  # (members, n, 1)

    def cross_entropy(logarithm: float) -> float:
        logits = log_softmax(np.exp(logarithm) * decisions, axis=2)
        return -float((targets * logsumexp(logits, axis=0, b=weights)).sum() / count)

    reach = np.log(MOST)
    found = minimize_scalar(
        cross_entropy, bounds=(-reach, reach), method="bounded", options={"xatol": 0.01}
    )
    return float(np.exp(found.x))
