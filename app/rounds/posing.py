"""The interactive stage: short read, fit, pose, short write.

Knows the order of the steps; what each does is in `briefs`, `fitting`, `composing` and `store`.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from app import artifacts, database
from app.rounds import briefs, materials, steering, store
from app.rounds.briefs import Brief
from app.rounds.composing import Batch, Posed, compose
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
    clock.lap("pose")
    images = [_store_image(each) for each in batch.posed]
    saved = _store_checkpoints(turn, fitted)
    clock.lap("store")
    with database.writing() as session:
        turn.finish(session, message=f"posed {len(batch.posed)} queries", seconds=clock.seconds)
        checkpoints = _add_checkpoints(session, turn, fitted, saved, brief)
        round_id = _add_round(session, brief, fitted, batch, checkpoints, clock.seconds, images)
        store.rerank(session, _margins_now(brief, fitted))
        priorities = [_priority(each.margin) for each in batch.posed]
        checking.pose(session, brief, fitted, round_id=round_id, priorities=priorities)
        every = brief.settings.easy_every
        checking.put_easy_ones_between(session, brief.project_id, every=every)


def _store_image(posed: Posed) -> str | None:
    return None if posed.image is None else artifacts.write_image(materials.png(posed.image))


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
    images: list[str | None],
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
        labeled=len(fitted.labeled),
        refused=brief.refused,
    )
    places = [brief.pool.place(each.row) for each in batch.posed if each.row is not None]
    pool_ids = store.pool_image_ids(session, brief.project_id, places)
    for posed, sha256 in zip(batch.posed, images, strict=True):
        if posed.row is not None:
            image_id = pool_ids.get(brief.pool.place(posed.row))
        else:
            image_id = store.add_synthesized_image(session, brief.project_id, sha256 or "")
        if image_id is not None:
            store.add_query(
                session,
                brief.project_id,
                round_id,
                image_id=image_id,
                overlap=brief.settings.overlap,
                source=posed.source,
                utility=posed.utility,
                margin=posed.margin,
                priority=_priority(posed.margin),
                provenance=posed.provenance,
            )
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


def _priority(margin: float | None) -> float:
    """Lend what the learner is least sure of first; random images do not wait behind it."""
    return 0.0 if margin is None else -margin


def _margins_now(brief: Brief, fitted: Fitted) -> dict[int, float]:
    """Return how sure the new learner is of each query that waits for people."""
    waiting = [i for i, each in enumerate(brief.asked) if each.state is QueryState.OPEN]
    if fitted.learner is None or not waiting:
        return {}
    now = margins(fitted.learner.decide(np.ascontiguousarray(fitted.asked_vectors[waiting])))
    return {brief.asked[i].query_id: -float(m) for i, m in zip(waiting, now, strict=True)}
