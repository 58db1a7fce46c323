"""The interactive stage: short read, fit, pose, short write.

Knows the order of the steps; what each does is in `briefs`, `fitting`, `composing` and `store`.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from app import artifacts, database
from app.rounds import asking, briefs, hindsight, steering, store
from app.rounds.asking import Stored
from app.rounds.briefs import Brief
from app.rounds.composing import Batch, compose
from app.rounds.fitting import Fitted, fit
from app.rounds.stages import Turn
from app.trust import checking
from app.words import QueryState
from models.checkpoints import to_blob
from models.interfaces import Checkpoint, margins
from models.rounds.seeds import seed_of


class _Clock:
    """Seconds by step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._at = time.perf_counter()

    def lap(self, step: str) -> None:
        at = time.perf_counter()
        self.seconds[step] = round(at - self._at, 4)
        self._at = at


def fit_and_pose(turn: Turn) -> None:
    """Fit on every answer so far and pose the next queries."""
    clock = _Clock()
    with database.reading() as session:
        brief = briefs.read(session, turn.project_id, turn.number)
    clock.lap("read")
    fitted = fit(brief)
    clock.lap("fit")
    batch = compose(brief, fitted, steering.steer_mix(brief, fitted))
    batch = replace(batch, posed=hindsight.keep(brief, fitted, batch.posed))
    clock.lap("pose")
    stored = [asking.store_images(each) for each in batch.posed]
    saved = _store_checkpoints(turn, fitted)
    clock.lap("store")
    with database.writing() as session:
        turn.finish(session, message=f"posed {len(batch.posed)} queries", seconds=clock.seconds)
        checkpoints = _add_checkpoints(session, turn, fitted, saved, brief)
        round_id = _add_round(session, brief, fitted, batch, checkpoints, clock.seconds, stored)
        store.rerank(session, _margins_now(brief, fitted))
        priorities = [asking.priority(each) for each in batch.posed]
        checking.pose(session, brief, fitted, round_id=round_id, priorities=priorities)
        every = brief.settings.easy_every
        checking.put_easy_ones_between(session, brief.project_id, every=every)


def _parts(fitted: Fitted) -> list[Checkpoint]:
    parts = [fitted.learner, fitted.recognizer]
    return [part.checkpoint() for part in parts if part is not None]


def _store_checkpoints(turn: Turn, fitted: Fitted) -> dict[str, str]:
    """Write the round's checkpoints where only this attempt writes."""
    stored = {}
    for checkpoint in _parts(fitted):
        name = (
            f"projects/{turn.project_id}/checkpoints/"
            f"{checkpoint.kind}-{turn.number}-{turn.stage_id}-{turn.begun}.safetensors"
        )
        artifacts.write(name, to_blob(checkpoint))
        stored[checkpoint.kind] = name
    return stored


def _add_checkpoints(
    session: Session, turn: Turn, fitted: Fitted, saved: dict[str, str], brief: Brief
) -> dict[str, int]:
    facts = {"class_ids": list(brief.class_ids)}
    return {
        checkpoint.kind: store.add_checkpoint(
            session,
            turn.project_id,
            kind=checkpoint.kind,
            name=checkpoint.name,
            version=turn.number,
            artifact=saved[checkpoint.kind],
            facts={**checkpoint.facts, **facts},
        )
        for checkpoint in _parts(fitted)
    }


def _add_round(
    session: Session,
    brief: Brief,
    fitted: Fitted,
    batch: Batch,
    checkpoints: dict[str, int],
    seconds: dict[str, float],
    stored: list[Stored],
) -> int:
    round_id = store.add_round(
        session,
        project_id=brief.project_id,
        number=brief.number,
        settings_version=brief.settings_version,
        seed=seed_of(brief.settings.seed, "round", brief.number),
        mix=_mix(batch),
        facts=_facts(brief, fitted, batch, seconds),
        features_id=brief.features.id if brief.features else None,
        generator_id=brief.generator.id if brief.generator else None,
        learner_id=checkpoints.get("learner"),
        recognizability_id=checkpoints.get("recognizability"),
        answers=brief.answers,
        labeled=len({brief.asked[i].query_id for i in fitted.labeled}),
        refused=brief.refused,
    )
    asking.add(session, brief, round_id, batch.posed, stored)
    return round_id


def _mix(batch: Batch) -> dict[str, Any]:
    posed: dict[str, int] = {}
    for each in batch.posed:
        posed[each.source] = posed.get(each.source, 0) + 1
    planned = {str(source): count for source, count in batch.slots.planned.items()}
    return {"planned": planned, "posed": posed, "why": batch.slots.why}


def _facts(brief: Brief, fitted: Fitted, batch: Batch, seconds: dict[str, float]) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "strategies": {str(source): name for source, name in batch.strategies.items()},
        "posing": {str(source): facts for source, facts in batch.facts.items()},
        "seconds": seconds,
        "learner": dict(fitted.learner.checkpoint().facts) if fitted.learner else {},
        "recognizability": dict(fitted.recognizer.facts) if fitted.recognizer else {},
    }
    if brief.wanted and not batch.posed:
        facts["exhausted"] = brief.rests_on
    return facts


def _margins_now(brief: Brief, fitted: Fitted) -> dict[int, float]:
    """Return how sure the new learner is of each query that waits for people."""
    waiting = [
        i for i, each in enumerate(brief.asked) if each.state is QueryState.OPEN and not each.easy
    ]
    if fitted.learner is None or not waiting:
        return {}
    now = margins(fitted.learner.decide(np.ascontiguousarray(fitted.asked_vectors[waiting])))
    return {brief.asked[i].query_id: -float(m) for i, m in zip(waiting, now, strict=True)}
