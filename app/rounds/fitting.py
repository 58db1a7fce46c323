"""Fit: answers become a learner, and refusals a recognizability head.

Knows the models and plain values; knows no table.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np

from app.rounds import materials
from app.rounds.briefs import Asked, Brief
from app.words import Outcome, Source
from models import virtual_examples
from models.interfaces import Features, Images, Indices, Learner, Vectors, Weights
from models.propagation import Around
from models.recognizability import Recognizability
from models.rounds import fitting
from models.rounds.fitting import Comparisons, Judged
from models.rounds.seeds import seed_of
from models.virtual_examples import Copies

#: Sources that choose images without regard to the learner.
_FAIR = (Source.COLD_START, Source.EXPLORE)


@dataclass(frozen=True)
class Fitted:
    """What a round knows once it has read every answer."""

    features: Features
    pool_vectors: Vectors
    #: Of every query ever posed, in the brief's order.
    asked_vectors: Vectors
    learner: Learner | None
    recognizer: Recognizability | None
    labeled: list[int] = field(default_factory=list)
    #: Where the labels spread; None if they do not.
    around: Around | None = None
    #: Pairs that people compared; None if there are none.
    compared: Comparisons | None = None
    #: Stretched copies of what was labeled; None if there are none.
    copies: Copies | None = None


def fit(brief: Brief) -> Fitted:
    """Fit on every settled query of the brief."""
    features = materials.features(brief.features, brief.pool)
    pool_vectors = materials.vectors(brief.pool, brief.features)
    asked_vectors = _vectors(brief, features, pool_vectors)
    labeled = [i for i, each in enumerate(brief.asked) if each.class_index is not None]
    classes = np.array([brief.asked[i].class_index for i in labeled], dtype=np.int64)
    around = _around(brief, pool_vectors, labeled)
    compared, copies = _compared(brief, pool_vectors), _copies(brief, features, labeled)
    taught = asked_vectors[labeled], classes, _weights(brief, labeled)
    return Fitted(
        features,
        pool_vectors,
        asked_vectors,
        _learner(brief, *taught, around, compared, copies),
        _recognizer(brief, features, pool_vectors),
        labeled,
        around,
        compared,
        copies,
    )


def asked_vectors(brief: Brief) -> Vectors:
    """Map the image of every query of the brief to a vector, (n, d), in the brief's order."""
    features = materials.features(brief.features, brief.pool)
    return _vectors(brief, features, materials.vectors(brief.pool, brief.features))


def fit_without(brief: Brief, fitted: Fitted, source: Source) -> Learner | None:
    """Fit the learner on all answers but those of one source."""
    kept = [place for place, i in enumerate(fitted.labeled) if brief.asked[i].source is not source]
    rest = [fitted.labeled[place] for place in kept]
    classes = np.array([brief.asked[i].class_index for i in rest], dtype=np.int64)
    around, copies = fitted.around, fitted.copies
    if around is not None:
        around = replace(around, fair=around.fair[kept])
    if copies is not None:
        copies = Copies(copies.vectors[kept])
    compared = None if source is Source.POOL else fitted.compared
    taught = fitted.asked_vectors[rest], classes, _weights(brief, rest)
    return _learner(brief, *taught, around, compared, copies)


def _around(brief: Brief, pool_vectors: Vectors, labeled: list[int]) -> Around | None:
    """Find what surrounds labels; None where the settings, a tiny pool, or features that have yet
    to be learned let none spread.
    """
    if not brief.settings.propagate or brief.features is None or not labeled:
        return None
    graph = materials.graph(brief.pool, brief.features)
    fair = np.array([brief.asked[i].source in _FAIR for i in labeled])
    return None if graph is None else Around(graph, pool_vectors, fair)


def _copies(brief: Brief, features: Features, labeled: list[int]) -> Copies | None:
    """Stretch what was labeled; None where the settings leave it as it is."""
    by = brief.settings.stretch
    if not by or not labeled:
        return None
    return virtual_examples.copies(_images(brief, [brief.asked[i] for i in labeled]), features, by)


def _weights(brief: Brief, labeled: list[int]) -> Weights:
    return np.array([brief.asked[i].weight for i in labeled], dtype=np.float64)


def _vectors(brief: Brief, features: Features, pool_vectors: Vectors) -> Vectors:
    """Map every query's image to a vector: pool images are looked up, synthesized ones mapped."""
    vectors = np.zeros((len(brief.asked), features.dimension), dtype=np.float32)
    real = [i for i, each in enumerate(brief.asked) if each.place is not None]
    made = [i for i, each in enumerate(brief.asked) if each.place is None]
    if real:
        places = [cast(tuple[int, int], brief.asked[i].place) for i in real]
        vectors[real] = pool_vectors[brief.pool.rows(places)]
    if made:
        vectors[made] = features.extract(_images(brief, [brief.asked[i] for i in made]))
    return vectors


def _images(brief: Brief, asked: list[Asked]) -> Images:
    """Read the images (n, c, h, w) of some queries."""
    return np.concatenate([_image(brief, each) for each in asked])


def _image(brief: Brief, asked: Asked) -> Images:
    """Read an image (1, c, h, w): of the pool, sent by itself, or imagined."""
    if asked.place is not None:
        return materials.images(brief.pool)[brief.pool.rows([asked.place])]
    if asked.source is Source.STREAM:
        return materials.stream_image(asked.sha256, brief.shape)
    return materials.synthesized_image(asked.sha256)


def _compared(brief: Brief, pool_vectors: Vectors) -> Comparisons | None:
    """Look up how the images of each pair differ."""
    if not brief.compared:
        return None
    more = pool_vectors[brief.pool.rows([each.more for each in brief.compared])]
    less = pool_vectors[brief.pool.rows([each.less for each in brief.compared])]
    return Comparisons(
        more - less,
        np.array([each.asked for each in brief.compared], dtype=np.int64),
        np.array([each.against for each in brief.compared], dtype=np.int64),
        np.array([each.weight for each in brief.compared], dtype=np.float64),
    )


def _learner(
    brief: Brief,
    vectors: Vectors,
    classes: Indices,
    weights: Weights,
    around: Around | None,
    compared: Comparisons | None,
    copies: Copies | None,
) -> Learner | None:
    part = brief.settings.learner
    return fitting.fit_learner(
        part.name,
        part.options,
        vectors,
        classes,
        count=len(brief.class_ids),
        seed=seed_of(brief.settings.seed, "learner", brief.number),
        weights=weights,
        around=around,
        compared=compared,
        copies=copies,
    )


def _recognizer(brief: Brief, features: Features, pool_vectors: Vectors) -> Recognizability | None:
    """Learn from every synthesized query that people named or refused."""
    judged = [
        each
        for each in brief.asked
        if each.latent is not None and each.outcome in (Outcome.CLASS, Outcome.UNRECOGNIZABLE)
    ]
    if not judged:
        return None
    found = Judged(
        images=_images(brief, judged),
        latents=np.array([each.latent for each in judged], dtype=np.float32),
        margins=np.array([each.margin for each in judged], dtype=np.float32),
        named=np.array([each.outcome is Outcome.CLASS for each in judged]),
        weights=np.array([each.weight for each in judged], dtype=np.float64),
    )
    seed = seed_of(brief.settings.seed, "recognizability", brief.number)
    return fitting.fit_recognizer(found, features, pool_vectors, seed=seed)
