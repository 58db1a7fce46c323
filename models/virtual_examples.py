"""Virtual examples: copies of labeled images, stretched, that teach their class too.

People see the same digit in a wide one and in a narrow one; a boundary on pixels knows only the
proportions that its labels have. Copies tell it (Niyogi, Girosi and Poggio 1998; of support vectors
Schölkopf, Burges and Vapnik 1996) and cost nobody an answer. Knows nothing of learners or features.
"""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from models.interfaces import Features, Images, Indices, Vectors, Weights, to_bytes, to_unit

#: Copies of each labeled image; twice as many were no better on MNIST 3 and 8.
COPIES = 5
#: Copies of all together, beyond which a fit would take many seconds.
MOST_COPIES = 20_000
#: Numbers in the vectors of all copies together (256 MB).
MOST_NUMBERS = 64_000_000
#: Images that are stretched at once.
CHUNK = 256


@dataclass(frozen=True, eq=False)
class Copies:
    """Vectors (n, c, d) of c copies of each of n labeled images, in the order of their labels."""

    vectors: Vectors

    def beside(
        self, vectors: Vectors, classes: Indices, weights: Weights
    ) -> tuple[Vectors, Indices, Weights, Indices]:
        """Put them beside vectors (m, d) with classes and weights (m,), the labeled ones first.

        A label's weight is shared out among its image and the copies of it. The last result (k,)
        numbers what belongs together: an image and its copies.
        """
        count, each, length = self.vectors.shape
        shares = weights.copy()
        shares[:count] /= 1 + each
        copied = np.repeat(np.arange(count), each)
        return (
            np.concatenate([vectors, self.vectors.reshape(-1, length)]),
            np.concatenate([classes, classes[copied]]),
            np.concatenate([shares, shares[copied]]),
            np.concatenate([np.arange(len(vectors)), copied]),
        )

    def joined(self, parts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Add to the parts (q, m) that labels have in decisions those (q, n c) of their copies."""
        count, each, _ = self.vectors.shape
        split = parts.shape[1] - count * each
        own = parts[:, :split].copy()
        own[:, :count] += parts[:, split:].reshape(len(parts), count, each).sum(axis=2)
        return own


def copies(images: Images, features: Features, by: float) -> Copies:
    """Stretch labeled images (n, c, h, w) by up to exp(`by`) and map the copies to vectors.

    Very many images, or very large ones, get fewer copies each.
    """
    most = min(MOST_COPIES, MOST_NUMBERS // features.dimension)
    each = min(COPIES, most // max(len(images), 1))
    vectors = np.empty((len(images), each, features.dimension), dtype=np.float32)
    for start in range(0, len(images) if each else 0, CHUNK):
        made = stretched(images[start : start + CHUNK], by, copies=each)
        flat = features.extract(made.reshape(-1, *images.shape[1:]))
        vectors[start : start + CHUNK] = flat.reshape(len(made), each, -1)
    return Copies(vectors)


def stretched(images: Images, by: float, *, copies: int) -> Images:
    """Make copies (n, copies, c, h, w) of images (n, c, h, w), each side of them longer or shorter
    by a factor of up to exp(`by`), whatever the other side does.

    An image has the same copies wherever it is met.
    """
    if len(images) == 0 or copies == 0:
        return np.empty((len(images), copies, *images.shape[1:]), dtype=np.uint8)
    draws = [np.random.default_rng(crc32(image.tobytes())).random((copies, 2)) for image in images]
    zooms = torch.exp(by * (2 * torch.from_numpy(np.array(draws)).reshape(-1, 2) - 1)).float()
    maps = torch.zeros(len(zooms), 2, 3)
    maps[:, 0, 0], maps[:, 1, 1] = zooms[:, 0], zooms[:, 1]
    repeated = to_unit(images).repeat_interleave(copies, dim=0)
    grid = functional.affine_grid(maps, list(repeated.shape), align_corners=False)
    moved = functional.grid_sample(repeated, grid, padding_mode="border", align_corners=False)
    return to_bytes(moved).reshape(len(images), copies, *images.shape[1:])
