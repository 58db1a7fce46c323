"""Labeled real images, and their latents: where perturbing and interpolating start.

Knows nothing of what is made of them.
"""

from __future__ import annotations

import numpy as np
import torch

from models.interfaces import Generator, Indices, Situation, Vectors, to_unit
from models.neighbors import distances
from models.strategies.starts import encoded
from models.strategies.synthesis import random_latents

#: Random latents among which the likeness of an image is sought, if there is no encoder.
DRAWN = 256


def labeled_pool_rows(situation: Situation) -> tuple[Indices, Indices]:
    """Find the pool rows (n,) of the labeled vectors, and their classes (n,).

    Vectors of pool images are looked up, so they are found by their very bytes; labels of
    synthesized images have no row and are left out. Copies of one image stand for it once.
    """
    asked = np.ones(len(situation.pool_vectors), dtype=bool)
    asked[situation.candidates] = False
    rows = {situation.pool_vectors[row].tobytes(): row for row in np.flatnonzero(asked)[::-1]}
    found = {
        rows[vector.tobytes()]: label
        for vector, label in zip(situation.labeled_vectors, situation.labeled_classes, strict=True)
        if vector.tobytes() in rows
    }
    return (
        np.fromiter(found.keys(), dtype=np.int64, count=len(found)),
        np.fromiter(found.values(), dtype=np.int64, count=len(found)),
    )


def latents_of_rows(
    situation: Situation, generator: Generator, rows: Indices, rng: np.random.Generator
) -> Vectors:
    """Return latents (n, z) of pool rows (n,): encoded, or those of the most alike of 256 random
    images for a generator that cannot encode.
    """
    images = situation.pool_images[rows]
    if generator.encodes:
        return encoded(generator, images)
    drawn = random_latents(generator, DRAWN, rng)
    with torch.inference_mode():
        made = generator.generate(torch.from_numpy(drawn)).flatten(1).cpu().numpy()
    alike = distances(to_unit(images).flatten(1).numpy(), made).argmin(axis=1)
    likenesses: Vectors = drawn[alike]
    return likenesses
