"""The stage that judges images of a stream: short read, features and learner, short write.

Knows the order of the steps; the rule itself is a stream strategy of the catalogue. Images are
judged in the order of their arrival, by the newest learner.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import structlog
from sqlalchemy.orm import Session

from app import database
from app.errors import ArtifactMissing, NotFound
from app.projects.settings import ProjectSettings
from app.rounds import materials
from app.rounds import store as rounds_store
from app.rounds.materials import Saved, Shelf
from app.rounds.reconcile import affordable
from app.rounds.stages import Turn
from app.streams import reasons, store
from app.words import StreamVerdict
from models import catalog
from models.interfaces import Features, Images, ImageShape, Learner, Vectors, margins
from models.parts.declaring import Kind
from models.rounds.seeds import seed_of
from models.streams.states import Arrival, StateDamaged, StreamState, StreamStrategy, Verdict

_log = structlog.get_logger()

#: Images judged in one stage; what is left gets the next one.
AT_ONCE = 200


@dataclass(frozen=True)
class _Arrived:
    """One image that waits: its row, its image, and the hash of its PNG."""

    row_id: int
    image_id: int
    sha256: str


@dataclass(frozen=True)
class _Brief:
    """All that the verdicts rest on."""

    project_id: int
    settings: ProjectSettings
    settings_version: int
    round_id: int
    learner: Saved
    features: Saved | None
    pool: Shelf
    strategy: StreamStrategy
    state: StreamState
    waiting: tuple[_Arrived, ...]
    recent: tuple[str, ...]
    #: How many more queries the budget can answer; None is no cap.
    affordable: int | None


@dataclass(frozen=True)
class _Judged:
    """One image with its verdict; `verdict` is None where the strategy was not asked."""

    arrived: _Arrived
    asked: bool
    reason: str
    verdict: Verdict | None = None
    margin: float = 0.0
    #: Its place among the images that the strategy judged.
    place: int = 0


def judge_stream(turn: Turn) -> None:
    """Judge the images that wait, and put to people those that are asked."""
    with database.reading() as session:
        brief = _read(session, turn.project_id)
    judged, state = _judge(brief)
    asked = sum(each.asked for each in judged)
    with database.writing() as session:
        turn.finish(session, message=f"judged {len(judged)} images, asked {asked}")
        for each in judged:
            _write(session, brief, each)
        store.set_state(
            session,
            brief.project_id,
            strategy=brief.settings.stream.name,
            state=state.to_facts(),
        )
        store.forget_stages(session, brief.project_id, before=turn.stage_id)


def _read(session: Session, project_id: int) -> _Brief:
    project = rounds_store.require_project(session, project_id)
    settings = ProjectSettings(**project.settings)
    learned = store.learned_round(session, project_id)
    if learned is None:
        raise NotFound("There is no learner yet that could judge; label images of two classes.")
    found = rounds_store.round_checkpoints(session, project_id, learned.number)
    strategy = _strategy(settings)
    waiting = store.to_judge(session, project_id, limit=AT_ONCE)
    return _Brief(
        project_id=project_id,
        settings=settings,
        settings_version=project.settings_version,
        round_id=learned.id,
        learner=Saved.of(found.learner),
        features=Saved.of(found.features) if found.features else None,
        pool=materials.pool_shelf(session, project_id),
        strategy=strategy,
        state=_state(session, project_id, settings.stream.name),
        waiting=tuple(_Arrived(row.id, row.image_id, row.sha256) for row in waiting),
        recent=tuple(store.last_judged(session, project_id, limit=strategy.recent)),
        affordable=affordable(session, project_id, overlap=settings.overlap),
    )


def _strategy(settings: ProjectSettings) -> StreamStrategy:
    name = settings.stream.name
    options = catalog.read_options(Kind.STREAM, name, settings.stream.options)
    return cast(StreamStrategy, catalog.module(Kind.STREAM, name).build(options))


def _state(session: Session, project_id: int, strategy: str) -> StreamState:
    """Read what the strategy remembers; another one begins anew."""
    kept = store.state(session, project_id)
    if kept is None or kept.strategy != strategy:
        return StreamState()
    try:
        return StreamState.from_facts(kept.state)
    except StateDamaged:
        # A stream that goes on with a fresh threshold is better than one that stands still.
        _log.warning("stream_state_damaged", project=project_id)
        return StreamState()


def _judge(brief: _Brief) -> tuple[list[_Judged], StreamState]:
    features = materials.features(brief.features, brief.pool)
    learner = materials.learner(brief.learner)
    shape = ImageShape.of(materials.images(brief.pool))
    recent = _seen([s for s in brief.recent if _there(s, shape) is not None], features, shape)
    judged, state, left = [], brief.state, brief.affordable
    for arrived, vector, chances, margin in _looked_at(brief, features, learner, shape):
        if vector is None:
            judged.append(_Judged(arrived, asked=False, reason=reasons.IMAGE_GONE))
            continue
        if left is not None and left < 1:
            judged.append(_Judged(arrived, asked=False, reason=reasons.BUDGET_SPENT))
            continue
        place = state.arrived
        verdict, state = brief.strategy.judge(
            Arrival(chances, vector, recent), state, seed=_seed(brief.settings)
        )
        recent = _latest(recent, vector, brief.strategy.recent)
        left = left if left is None else left - verdict.asked
        judged.append(_Judged(arrived, verdict.asked, verdict.reason, verdict, margin, place))
    return judged, state


def _latest(recent: Vectors, vector: Vectors, count: int) -> Vectors:
    """Add a vector (d,) to the recent ones (w, d) and keep the last `count`."""
    longer = np.concatenate([recent, vector[None]])
    latest: Vectors = longer[max(0, len(longer) - count) :]
    return latest


def _seed(settings: ProjectSettings) -> int:
    return seed_of(settings.seed, "stream", 0)


#: An image, its vector (d,) or None if its file is gone, its chances (k,) and its margin.
_Look = tuple[_Arrived, Vectors | None, Vectors, float]


def _looked_at(
    brief: _Brief, features: Features, learner: Learner, shape: ImageShape
) -> Iterator[_Look]:
    there = [each for each in brief.waiting if _there(each.sha256, shape) is not None]
    vectors = _seen([each.sha256 for each in there], features, shape)
    chances = learner.chances(vectors) if there else vectors
    gaps = margins(learner.decide(vectors)) if there else vectors
    places = {each.row_id: place for place, each in enumerate(there)}
    for each in brief.waiting:
        place = places.get(each.row_id)
        if place is None:
            yield each, None, np.empty(0, dtype=np.float32), math.nan
        else:
            yield each, vectors[place], chances[place], float(gaps[place])


def _seen(hashes: list[str], features: Features, shape: ImageShape) -> Vectors:
    """Map images to vectors (n, d)."""
    if not hashes:
        return np.empty((0, features.dimension), dtype=np.float32)
    found = [materials.stream_image(each, shape) for each in hashes]
    return features.extract(np.concatenate(found))


def _there(sha256: str, shape: ImageShape) -> Images | None:
    """Read one image at the working size, None if its file is gone."""
    try:
        return materials.stream_image(sha256, shape)
    except ArtifactMissing:
        return None


def _write(session: Session, brief: _Brief, judged: _Judged) -> None:
    """Write one verdict, and the query if it is to be asked."""
    verdict, values = judged.verdict, dict[str, Any]()
    if verdict is not None:
        threshold = verdict.threshold if math.isfinite(verdict.threshold) else None
        values = {"certainty": verdict.certainty, "threshold": threshold}
    if judged.asked and verdict is not None:
        values["query_id"] = store.add_query(
            session,
            brief.project_id,
            brief.round_id,
            image_id=judged.arrived.image_id,
            overlap=brief.settings.overlap,
            utility=1 - verdict.certainty,
            margin=judged.margin,
            priority=-judged.margin,
            provenance={
                "strategy": brief.settings.stream.model_dump(),
                "seed": _seed(brief.settings),
                "settings_version": brief.settings_version,
                "reason": judged.reason,
                "place": judged.place,
                **values,
            },
        )
    chosen = StreamVerdict.ASKED if judged.asked else StreamVerdict.LET_GO
    store.set_verdict(
        session, judged.arrived.row_id, verdict=chosen, reason=judged.reason, **values
    )
