"""Sample sheets: what a generator draws, as one picture for the lead's page."""

from __future__ import annotations

import numpy as np
import torch

from app.rounds import materials
from models.interfaces import Generator, Images, to_bytes

#: Images a side.
SIDE = 8
#: Pixels between images.
GAP = 2


def sheet(generator: Generator, *, seed: int) -> bytes:
    """Draw 64 images from random latents on one PNG."""
    random = torch.Generator().manual_seed(seed)
    latents = torch.randn(SIDE * SIDE, generator.latent_size, generator=random)
    with torch.inference_mode():
        return picture(to_bytes(generator.generate(latents)))


def picture(images: Images) -> bytes:
    """Lay 64 images (n, c, h, w) out on one PNG."""
    return materials.png(_tile(images)[None])


def _tile(images: Images) -> Images:
    """Lay images (n, c, h, w) out on one (c, height, width) with gaps of mid gray."""
    _, channels, height, width = images.shape
    rows, columns = SIDE * (height + GAP) - GAP, SIDE * (width + GAP) - GAP
    canvas = np.full((channels, rows, columns), 128, dtype=np.uint8)
    for index, image in enumerate(images):
        top, left = (index // SIDE) * (height + GAP), (index % SIDE) * (width + GAP)
        canvas[:, top : top + height, left : left + width] = image
    return canvas
