"""Coarse vectors: what images look like from afar, for what must be cheap during training.

Knows nothing of networks.
"""

from __future__ import annotations

import numpy as np
from torch.nn import functional

from models.interfaces import Images, Vectors, to_unit

#: Cells a side that pixels are averaged over.
CELLS = 8
#: Images averaged at once, which bounds the memory.
CHUNK = 1024


def coarse(images: Images) -> Vectors:
    """Map images (n, c, h, w) to their averages over at most 8 x 8 cells, (n, c * 64)."""
    cells = (min(CELLS, images.shape[2]), min(CELLS, images.shape[3]))
    parts = [
        functional.adaptive_avg_pool2d(to_unit(images[start : start + CHUNK]), cells)
        for start in range(0, len(images), CHUNK)
    ]
    vectors: Vectors = np.concatenate([each.flatten(1).numpy() for each in parts])
    return vectors
