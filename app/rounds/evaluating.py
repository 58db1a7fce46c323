"""Evaluate: how many holdout images a round's learner judges rightly.

The holdout is only ever read here; it is never trained on and never posed.
"""

from __future__ import annotations

import numpy as np

from app import database
from app.rounds import materials, store
from app.rounds.materials import Saved
from app.rounds.stages import Turn


def evaluate(turn: Turn) -> None:
    """Measure the accuracy of one round's learner."""
    with database.reading() as session:
        shelf = materials.holdout_shelf(session, turn.project_id)
        truth = store.holdout_classes(session, turn.project_id)
        found = store.round_checkpoints(session, turn.project_id, turn.number)
    rows = shelf.rows([(row.import_id or 0, row.row or 0) for row in truth])
    vectors = materials.vectors(shelf, Saved.of(found.features) if found.features else None)[rows]
    decisions = materials.learner(Saved.of(found.learner)).decide(vectors)
    class_ids = np.array(found.learner.facts["class_ids"])
    right = class_ids[decisions.argmax(axis=1)] == np.array([row.class_id for row in truth])
    with database.writing() as session:
        turn.finish(session, message=f"{int(right.sum())} of {len(right)} right")
        store.set_accuracy(
            session, turn.project_id, turn.number, right=int(right.sum()), count=len(right)
        )
