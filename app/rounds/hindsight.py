"""Hindsight: what is kept of each query for people who ask after their answer.

Its twins, which classes competed, how sure the learner was, and which labels pulled each way.
Knows plain values; knows no table and no person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np

from app.rounds import twins
from app.rounds.briefs import Asked, Brief
from app.rounds.fitting import Fitted
from app.rounds.posed import Posed
from app.words import Way
from models.interfaces import Indices, Learner, Vectors, margins
from models.learners import pulls
from models.learners.planes import Array
from models.neighbors import distances

#: Classes that are told with their chances.
CLASSES = 3
#: Labels that are told of each of the two classes that competed most.
LABELS = 3
#: What is told of labels: their part in the decision, positive towards the first class; or how far
#: they are.
PULL, NEAREST = "pull", "nearest"


def keep(brief: Brief, fitted: Fitted, posed: Sequence[Posed]) -> list[Posed]:
    """Add to each query what is told of it later."""
    if not posed:
        return []
    vectors = _vectors(fitted, posed)
    found = twins.find(brief, fitted, posed, vectors)
    if fitted.learner is None:
        return found
    whys = _whys(brief, fitted.learner, fitted, vectors)
    return [
        each if each.way is Way.PAIR else replace(each, provenance={**each.provenance, "why": why})
        for each, why in zip(found, whys, strict=True)
    ]


def _vectors(fitted: Fitted, posed: Sequence[Posed]) -> Vectors:
    """Map the image of each query to a vector (n, d)."""
    vectors = np.empty((len(posed), fitted.pool_vectors.shape[1]), dtype=np.float32)
    made = {at: each.image for at, each in enumerate(posed) if each.image is not None}
    for at, each in enumerate(posed):
        if each.row is not None:
            vectors[at] = fitted.pool_vectors[each.row]
    if made:
        vectors[list(made)] = fitted.features.extract(np.concatenate(list(made.values())))
    return vectors


def _whys(brief: Brief, learner: Learner, fitted: Fitted, vectors: Vectors) -> list[dict[str, Any]]:
    """Say of each vector (n, d) what the learner thinks of it, before anybody answers."""
    chances, gaps = learner.chances(vectors), margins(learner.decide(vectors))
    best = np.argsort(-chances, axis=1, kind="stable")[:, :CLASSES]
    kind, spoke = _spoke(brief, learner, fitted, vectors, best)
    return [
        {
            "classes": [[brief.class_ids[k], round(float(chances[at, k]), 4)] for k in best[at]],
            "margin": round(float(gaps[at]), 4),
            "kind": kind,
            "labels": [
                _named(brief, brief.asked[fitted.labeled[place]], number)
                for place, number in spoke[at]
            ],
        }
        for at in range(len(vectors))
    ]


#: Labels by their places among all, each with its number.
_Spoke = list[tuple[int, float]]


def _spoke(
    brief: Brief, learner: Learner, fitted: Fitted, vectors: Vectors, best: Indices
) -> tuple[str, list[_Spoke]]:
    """Find the labels that pulled most each way between the two best classes, or the nearest of
    both where a learner's decisions are no sum of pulls.
    """
    parts = pulls.between(learner, vectors, best[:, :2])
    if parts is not None:
        own = fitted.copies.joined(parts) if fitted.copies else parts
        # What labels spread to, and pairs, come behind the labels.
        return PULL, [_strongest(each[: len(fitted.labeled)]) for each in own]
    classes = np.array([brief.asked[i].class_index for i in fitted.labeled])
    apart = distances(vectors, fitted.asked_vectors[fitted.labeled])
    return NEAREST, [
        [pair for side in sides[:2] for pair in _nearest(far, np.flatnonzero(classes == side))]
        for far, sides in zip(apart, best, strict=True)
    ]


def _strongest(parts: Array) -> _Spoke:
    """Return those that pull most towards the first class, then most towards the second."""
    order = np.argsort(-parts, kind="stable")
    ends = [*order[:LABELS], *order[::-1][:LABELS]]
    signs = [1] * len(order[:LABELS]) + [-1] * len(order[:LABELS])
    return [
        (int(at), float(parts[at]))
        for at, sign in zip(ends, signs, strict=True)
        if parts[at] * sign > 0
    ]


def _nearest(apart: Vectors, mine: Indices) -> _Spoke:
    """Return a class's labels that are nearest, the nearest first."""
    order = mine[np.argsort(apart[mine], kind="stable")][:LABELS]
    return [(int(at), float(apart[at])) for at in order]


def _named(brief: Brief, label: Asked, number: float) -> list[Any]:
    """Name a label by its query, or by its image where that is not the query's own; its class,
    and how much it pulls or how far it is.
    """
    class_id = brief.class_ids[cast(int, label.class_index)]
    return [label.query_id if label.own else label.sha256, class_id, round(number, 4)]
