"""Evaluate: how many holdout images a round's learner judges rightly, and whether it still changes
its mind about real images.

The holdout is only ever read here; it is never trained on and never posed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from app import database
from app.errors import NotFound
from app.projects.settings import ProjectSettings
from app.rounds import materials, store
from app.rounds.materials import Saved, Shelf
from app.rounds.stages import Turn
from models.interfaces import Indices
from models.rounds.seeds import seed_of
from models.stopping import agreement

#: Pool images on which successive learners are compared; the same ones in every round.
STOPPING_SET = 2000


@dataclass(frozen=True)
class _Learned:
    """One round's learner, and the features it was fitted on."""

    learner: Saved
    features: Saved | None
    #: The class that each column of a decision stands for.
    class_ids: tuple[int, ...]


def evaluate(turn: Turn) -> None:
    """Measure the accuracy of one round's learner, and how far it agrees with the one before."""
    with database.reading() as session:
        shelf = materials.holdout_shelf(session, turn.project_id)
        truth = store.holdout_classes(session, turn.project_id)
        now = _learned(session, turn.project_id, turn.number)
        before = _learned_before(session, turn.project_id, turn.number)
        pool, chosen = _stopping_set(session, turn.project_id)
    rows = shelf.rows([(row.import_id or 0, row.row or 0) for row in truth])
    predicted = _predict(now, shelf, rows)
    right = int((predicted == np.array([row.class_id for row in truth])).sum())
    facts = {} if before is None else _compared(before, now, pool, chosen)
    with database.writing() as session:
        turn.finish(session, message=f"{right} of {len(truth)} right")
        store.set_accuracy(
            session, turn.project_id, turn.number, right=right, count=len(truth), facts=facts
        )


def _stopping_set(session: Session, project_id: int) -> tuple[Shelf, Indices]:
    """Choose the pool rows on which learners are compared."""
    settings = ProjectSettings(**store.require_project(session, project_id).settings)
    pool = materials.pool_shelf(session, project_id)
    rng = np.random.default_rng(seed_of(settings.seed, "stopping set", 0))
    return pool, np.sort(rng.permutation(sum(pool.counts))[:STOPPING_SET])


def _compared(before: _Learned, now: _Learned, pool: Shelf, rows: Indices) -> dict[str, float]:
    """Say how alike two learners judge the same real images."""
    found = agreement(_predict(before, pool, rows), _predict(now, pool, rows))
    return {"agreement": 1 - found.changed, "kappa": found.kappa, "compared": found.images}


def _learned(session: Session, project_id: int, number: int) -> _Learned:
    found = store.round_checkpoints(session, project_id, number)
    return _Learned(
        Saved.of(found.learner),
        Saved.of(found.features) if found.features else None,
        tuple(found.learner.facts["class_ids"]),
    )


def _learned_before(session: Session, project_id: int, number: int) -> _Learned | None:
    try:
        return _learned(session, project_id, number - 1)
    except NotFound:
        return None


def _predict(learned: _Learned, shelf: Shelf, rows: Indices) -> Indices:
    """Name the class (n,) that a learner sees on each image of some rows (n,)."""
    vectors = materials.vectors(shelf, learned.features)[rows]
    columns = materials.learner(learned.learner).decide(vectors).argmax(axis=1)
    class_ids = np.array(learned.class_ids, dtype=np.int64)
    predicted: Indices = class_ids[columns]
    return predicted
