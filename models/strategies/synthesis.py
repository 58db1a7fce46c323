"""What strategies share that synthesize: the parts they need, and batches of rendered images.

Knows nothing of how latents are found.
"""

from __future__ import annotations

import numpy as np

from models.interfaces import (
    Facts,
    Generator,
    Images,
    PartMissing,
    QueryBatch,
    Situation,
    Vectors,
    margins,
)
from models.neighbors import same
from models.strategies.replay import render


def require_generator(situation: Situation) -> Generator:
    """Return the generator, or raise `PartMissing`."""
    if situation.generator is None:
        raise PartMissing("This strategy needs a generator: train one on the pool first.")
    return situation.generator


def random_latents(generator: Generator, count: int, rng: np.random.Generator) -> Vectors:
    """Draw standard normal latents (count, latent_size)."""
    return rng.standard_normal((count, generator.latent_size), dtype=np.float32)


def margins_of_images(situation: Situation, images: Images) -> Vectors:
    """Return the margins (n,) of images; NaN without a learner."""
    if situation.learner is None or len(images) == 0:
        return np.full(len(images), np.nan, dtype=np.float32)
    return margins(situation.learner.decide(situation.features.extract(images)))


def synthesized_batch(
    situation: Situation, latents: Vectors, utilities: Vectors, *, count: int, facts: Facts
) -> QueryBatch:
    """Render latents (n, z), best first, and pose the first `count` whose images are new.

    The facts gain `repeated`: how many images had been posed before, in this batch or earlier.
    """
    generator = require_generator(situation)
    shape = generator.shape
    images: list[Images] = [np.empty((0, shape.channels, shape.height, shape.width), np.uint8)]
    places: list[int] = []
    seen: set[bytes] = set()
    repeated = 0
    for place, latent in enumerate(latents):
        if len(places) == count:
            break
        image = render(generator, latent)
        vector = situation.features.extract(image)[0]
        if image.tobytes() in seen or same(situation.asked_vectors, vector):
            repeated += 1
            continue
        seen.add(image.tobytes())
        places.append(place)
        images.append(image)
    posed = np.concatenate(images)
    return QueryBatch(
        rows=np.full(len(posed), -1, dtype=np.int64),
        images=posed,
        utilities=utilities[places].astype(np.float32),
        margins=margins_of_images(situation, posed),
        latents=latents[places],
        facts={**facts, "repeated": repeated},
    )
