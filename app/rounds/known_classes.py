"""What people have said so far of the pool's images, for a generator that makes images by class.

Answers only; the holdout's classes are never told. Knows nothing of how a generator learns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from app.rounds import asking_store, instead, materials, store
from app.words import Outcome
from models.interfaces import Indices

#: Generators that can be told classes.
LEARN_CLASSES = frozenset({"conditional"})
#: Named images that each of two classes needs at least; a guess that is still to be measured.
LEAST_OF_A_CLASS = 5
#: Marks an image whose class nobody has given.
UNKNOWN = -1


@dataclass(frozen=True)
class Told:
    """The class of each pool image (n,), or None where too few are known, and why."""

    classes: Indices | None
    why: str


def read(session: Session, project_id: int) -> Told:
    """Read the settled classes of the pool's images."""
    class_ids = list(store.class_ids(session, project_id))
    pool = materials.pool_shelf(session, project_id)
    named = [
        ((row.import_id, row.row), class_ids.index(row.outcome_class_id))
        for row in asking_store.asked(session, project_id)
        if row.import_id in pool.import_ids
        and row.outcome is Outcome.CLASS
        and row.outcome_class_id in class_ids
    ]
    named += [
        (each.place, class_ids.index(each.class_id))
        for each in instead.once(instead.read(session, project_id), [place for place, _ in named])
        if each.class_id in class_ids
    ]
    classes = np.full(sum(pool.counts), UNKNOWN, dtype=np.int64)
    classes[pool.rows([place for place, _ in named])] = [index for _, index in named]
    return judge(classes)


def judge(classes: Indices) -> Told:
    """Say whether enough images (n,) are named; classes count from 0 without a gap."""
    present, counts = np.unique(classes[classes != UNKNOWN], return_counts=True)
    enough = present[counts >= LEAST_OF_A_CLASS]
    if len(enough) < 2:
        return Told(
            None,
            f"Fewer than {LEAST_OF_A_CLASS} images of two classes are named yet, so clusters of the"
            " pool stand in for classes.",
        )
    numbered = np.full_like(classes, UNKNOWN)
    for number, each in enumerate(enough):
        numbered[classes == each] = number
    known = int((numbered != UNKNOWN).sum())
    return Told(numbered, f"It learned {len(enough)} classes from {known} named images.")
