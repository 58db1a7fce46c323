"""Hindsight: what is kept of each query for people who ask after their answer.

Its twins, which classes competed, how sure the learner was, and which labels are nearest. Knows
plain values; knows no table and no person.
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
from models.interfaces import Learner, Vectors, margins
from models.neighbors import distances

#: Classes that are told with their chances.
CLASSES = 3
#: Labels that are told of each of the two classes that competed most.
LABELS = 3
#: What is told of labels: how far they are.
NEAREST = "nearest"


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
    labels = [brief.asked[i] for i in fitted.labeled]
    known = fitted.asked_vectors[fitted.labeled]
    apart = distances(vectors, known)
    return [
        {
            "classes": [[brief.class_ids[k], round(float(chances[at, k]), 4)] for k in best[at]],
            "margin": round(float(gaps[at]), 4),
            "kind": NEAREST,
            "labels": [
                _named(brief, labels[place], float(apart[at, place]))
                for side in best[at, :2]
                for place in _nearest(labels, apart[at], int(side))
            ],
        }
        for at in range(len(vectors))
    ]


def _nearest(labels: Sequence[Asked], apart: Vectors, side: int) -> list[int]:
    """Return the places of a class's labels that are nearest, the nearest first."""
    mine = np.flatnonzero([each.class_index == side for each in labels])
    return [int(at) for at in mine[np.argsort(apart[mine], kind="stable")][:LABELS]]


def _named(brief: Brief, label: Asked, number: float) -> list[Any]:
    """Name a label by its query, or by its image where that is not the query's own; its class,
    and how far it is or how much it pulls.
    """
    class_id = brief.class_ids[cast(int, label.class_index)]
    return [label.query_id if label.own else label.sha256, class_id, round(number, 4)]
