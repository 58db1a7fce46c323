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


def synthesized_batch(
    situation: Situation, latents: Vectors, utilities: Vectors, *, count: int, facts: Facts
) -> QueryBatch:
    """Render latents (n, z), best first, and pose the first `count` whose images are new.

    The facts gain `repeated`: how many images had been posed before, in this batch or earlier.
    """
    generator = require_generator(situation)
    shape = generator.shape
    images, vectors, places = list[Images](), list[Vectors](), list[int]()
    seen = set[bytes]()
    looked = 0
    while len(places) < count and looked < len(latents):
        lot = range(looked, min(looked + count - len(places), len(latents)))
        rendered = np.concatenate([render(generator, latents[place]) for place in lot])
        for place, image, vector in zip(
            lot, rendered, situation.features.extract(rendered), strict=True
        ):
            if image.tobytes() not in seen and not same(situation.asked_vectors, vector):
                seen.add(image.tobytes())
                images.append(image)
                vectors.append(vector)
                places.append(place)
        looked = lot.stop
    size = (len(places), shape.channels, shape.height, shape.width)
    return QueryBatch(
        rows=np.full(len(places), -1, dtype=np.int64),
        images=np.array(images, dtype=np.uint8).reshape(size),
        utilities=utilities[places].astype(np.float32),
        margins=_margins(situation, vectors),
        latents=latents[places],
        facts={**facts, "repeated": looked - len(places)},
    )


def _margins(situation: Situation, vectors: list[Vectors]) -> Vectors:
    """Return the margins (n,) of vectors (d,); NaN without a learner."""
    if situation.learner is None or not vectors:
        return np.full(len(vectors), np.nan, dtype=np.float32)
    return margins(situation.learner.decide(np.stack(vectors)))
