"""Where labels spread: what surrounds labeled images in the latent space of the generator.

Knows the models and plain values; knows no table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import numpy as np

from app.rounds import materials
from app.rounds.briefs import Asked, Brief
from app.rounds.materials import Saved
from app.words import Source
from models.interfaces import Generator, Images, Vectors
from models.propagation import Around
from models.strategies.starts import encoded

#: Sources that choose images without regard to the learner.
_FAIR = (Source.COLD_START, Source.EXPLORE)


def around(
    brief: Brief,
    pool_vectors: Vectors,
    labeled: Sequence[Asked],
    read: Callable[[list[Asked]], Images],
) -> Around | None:
    """Find what surrounds labeled images; None where the settings, the generator or a tiny pool
    let no label spread. `read` gets images that are not in the pool.
    """
    saved = brief.generator
    if not brief.settings.propagate or saved is None or not labeled:
        return None
    generator = materials.generator(saved)
    graph = materials.graph(brief.pool, saved) if generator.encodes else None
    if graph is None:
        return None
    latents = _latents(brief, generator, saved, labeled, read)
    return Around(
        graph, pool_vectors, latents, np.array([each.source in _FAIR for each in labeled])
    )


def _latents(
    brief: Brief,
    generator: Generator,
    saved: Saved,
    labeled: Sequence[Asked],
    read: Callable[[list[Asked]], Images],
) -> Vectors:
    """Map labeled images to latents: pool images are looked up, all others encoded."""
    latents = np.zeros((len(labeled), generator.latent_size), dtype=np.float32)
    real = [i for i, each in enumerate(labeled) if each.place is not None]
    made = [i for i, each in enumerate(labeled) if each.place is None]
    if real:
        places = [cast(tuple[int, int], labeled[i].place) for i in real]
        latents[real] = materials.latents(brief.pool, saved)[brief.pool.rows(places)]
    if made:
        latents[made] = encoded(generator, read([labeled[i] for i in made]))
    return latents
