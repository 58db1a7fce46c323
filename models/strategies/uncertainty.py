"""How unsure chances are. Knows nothing of where the chances come from."""

from __future__ import annotations

import numpy as np
from scipy.special import xlogy

from models.interfaces import Vectors


def entropies(chances: Vectors) -> Vectors:
    """Map chances (..., k) to their entropies (...,) in nats (Shannon 1948)."""
    spread: Vectors = -xlogy(chances, chances).sum(axis=-1)
    return spread


def doubts(chances: Vectors) -> Vectors:
    """Map chances (n, k) to the chance (n,) that the likeliest class is wrong."""
    wrong: Vectors = (1 - chances.max(axis=-1)).astype(np.float32)
    return wrong
