"""Edges: how much neighboring pixels differ, which is little where an image is blurred or faint.

Knows nothing of who looks at the images.
"""

from __future__ import annotations

import numpy as np

from models.interfaces import Images, Vectors, to_unit


def edges(images: Images) -> Vectors:
    """Map images (n, c, h, w) to the mean difference of neighboring pixels (n,), from 0 to 1."""
    unit = to_unit(images).numpy()
    steps = sum(np.abs(np.diff(unit, axis=axis)).sum(axis=(1, 2, 3)) for axis in (2, 3))
    found: Vectors = steps / (2 * unit[0].size if len(unit) else 1)
    return found


def kept(copies: Images, originals: Images) -> float:
    """Return the share of the originals' edges (n, c, h, w) that their copies have; 1 if the
    originals have none.
    """
    had = float(edges(originals).sum())
    return float(edges(copies).sum()) / had if had else 1.0
