"""Latent density: tells latents that the generator has hardly learned from common ones.

Knows nothing of images beyond encoding them, and nothing of boundaries.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2
from sklearn.covariance import LedoitWolf

from models.interfaces import Generator, Situation, Vectors
from models.neighbors import evenly_spaced
from models.strategies.starts import encoded, left_open

#: Pool images encoded to see where latents lie; more would cost more than the search itself.
ENCODED = 500


def common(
    latents: Vectors, situation: Situation, generator: Generator, *, density: str, share: float
) -> NDArray[np.bool_]:
    """Say which latents (n, z) are among the `share` most common, (n,).

    `norm` compares their lengths with those of a standard normal; `mahalanobis` their distances
    from the encoded pool, by a shrunken covariance (Ledoit and Wolf 2004), with the distances of
    the pool's own latents. A generator that cannot encode, or that encodes only which image it is,
    leaves the lengths alone to go by.
    """
    if density == "off" or len(latents) == 0:
        return np.ones(len(latents), dtype=bool)
    pool = _encoded_pool(situation, generator) if density == "mahalanobis" else None
    if pool is None or left_open(pool).any():
        limit = chi2.ppf(share, generator.latent_size)
        short: NDArray[np.bool_] = np.square(latents).sum(axis=1) <= limit
        return short
    shape = LedoitWolf().fit(pool)
    near: NDArray[np.bool_] = shape.mahalanobis(latents) <= np.quantile(
        shape.mahalanobis(pool), share
    )
    return near


def _encoded_pool(situation: Situation, generator: Generator) -> Vectors | None:
    """Encode images of the pool to latents (m, z), or None where the generator cannot."""
    if not generator.encodes:
        return None
    rows = evenly_spaced(len(situation.pool_images), ENCODED)
    return encoded(generator, situation.pool_images[rows])
