"""Fit: answers become a learner, and refusals a recognizability head.

Knows nothing of where the answers are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from models import catalog, recognizability
from models.interfaces import Features, Images, Indices, Learner, NotEnoughClasses, Vectors
from models.neighbors import neighborhood
from models.parts.declaring import Kind
from models.recognizability import Recognizability


@dataclass(frozen=True, eq=False)
class Judged:
    """Synthesized images (n, c, h, w) that people named or refused, as they were when posed.

    `latents` (n, z) and `margins` (n,) of that time; `named` (n,) tells whether they had a name.
    """

    images: Images
    latents: Vectors
    margins: Vectors
    named: NDArray[np.bool_]


def fit_learner(
    name: str,
    options: Mapping[str, Any],
    vectors: Vectors,
    classes: Indices,
    *,
    count: int,
    seed: int,
) -> Learner | None:
    """Fit the learner of that name on vectors (n, d) with classes (n,) of `count`; None until two
    classes have labels.
    """
    chosen = catalog.read_options(Kind.LEARNER, name, options)
    try:
        fitted = catalog.module(Kind.LEARNER, name).fit(
            vectors, classes, chosen, count=count, seed=seed
        )
    except NotEnoughClasses:
        return None
    return cast(Learner, fitted)


def fit_recognizer(
    judged: Judged, features: Features, pool_vectors: Vectors, *, seed: int
) -> Recognizability | None:
    """Learn what people can name; None until there are enough refusals and names."""
    if len(judged.named) == 0:
        return None
    cues = recognizability.cues(
        judged.images,
        features=features,
        neighborhood=neighborhood(pool_vectors),
        margins=judged.margins,
        latents=judged.latents,
    )
    return recognizability.fit(cues, judged.named, seed=seed)
