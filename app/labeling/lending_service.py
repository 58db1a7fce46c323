"""The rules of lending: who is lent which queries, and what people are told when there are none.

Knows who asks; statements are in the stores, pure rules in `claims`. Flushes, never commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.auth import Actor
from app.errors import NotFound
from app.labeling import claims, lending_store, preferences_service, store
from app.labeling.claims import Lending, Reply, Situation
from app.labeling.lending_store import Lent, Terms
from app.labeling.preferences_keys import KnownClass
from app.labeling.schemas import (
    Claims,
    ClassOut,
    LabelPage,
    LentQuery,
    PageSettings,
    Preparing,
)
from app.tables import Stage, now
from app.words import ProjectState, StageKind, StageState, Way

#: Workers say every second that they are alive.
_WORKER_LATE_S = 10


def claim(session: Session, actor: Actor, project_id: int, *, limit: int) -> Claims:
    """Lend up to `limit` queries, those included that the person holds, or say why there is none.

    What a person holds comes first and its time begins anew, so a reload loses nothing.
    """
    left = store.lock_projects(session, [project_id])[project_id]
    terms = lending_store.terms(session, project_id)
    if terms is None:
        raise NotFound
    settings = PageSettings.model_validate(terms.settings)
    at, lent, fresh = now(), list[Lent](), set[int]()
    today = lending_store.daily_left(session, project_id, actor.user_id, since=claims.midnight(at))
    if terms.state is ProjectState.RUNNING and left != 0:
        until = claims.expiry(at, settings.claim_minutes)
        fresh = _lend(
            session, actor, project_id, limit=limit, left=left, today=today, at=at, until=until
        )
        lent = lending_store.held(session, project_id, actor.user_id)
    stage = None if lent else lending_store.stage_under_way(session, project_id)
    reply = claims.reply(
        _situation(
            session, actor, terms, at=at, lent=len(lent), left=left, today=today, stage=stage
        )
    )
    classes = store.active_classes(session, project_id)
    class_ids = [each.id for each in classes]
    return Claims(
        state=reply.state,
        retry_after_s=reply.retry_after_s,
        notice=_notice(session, terms, reply, at=at),
        preparing=_preparing(stage) if reply.state is Lending.BEING_PREPARED else None,
        now=at,
        queries=_queries(session, lent, fresh, settings, class_ids),
        classes=_classes(classes),
        settings=settings,
    )


def open_page(session: Session, actor: Actor, project_id: int) -> LabelPage:
    """Gather what the annotator's page begins with."""
    project = store.project(session, project_id)
    if project is None:
        raise NotFound
    return LabelPage(
        project_id=project.id,
        project_name=project.name,
        question=project.question,
        user_id=actor.user_id,
        classes=_classes(store.active_classes(session, project_id)),
        settings=PageSettings.model_validate(project.settings),
        preferences=preferences_service.read(session, actor, project_id),
    )


def _classes(found: Sequence[KnownClass]) -> list[ClassOut]:
    return [ClassOut(id=each.id, name=each.name, key=each.key) for each in found]


def _lend(
    session: Session,
    actor: Actor,
    project_id: int,
    *,
    limit: int,
    left: int | None,
    today: int | None,
    at: datetime,
    until: datetime,
) -> set[int]:
    """Renew what the person holds, lend more if the budget allows it, and return what is new."""
    lending_store.reap(session, project_id, at)
    held = lending_store.renew(session, project_id, user_id=actor.user_id, expires_at=until)
    promised = 0 if left is None else lending_store.promised(session, project_id)
    count = claims.may_lend(
        limit, held=held, answers_left=left, promised=promised, daily_left=today
    )
    if not count:
        return set()
    return lending_store.lend(
        session, project_id, user_id=actor.user_id, count=count, expires_at=until
    )


def _situation(
    session: Session,
    actor: Actor,
    terms: Terms,
    *,
    at: datetime,
    lent: int,
    left: int | None,
    today: int | None,
    stage: Stage | None,
) -> Situation:
    """Gather what decides the reply; the rest of the queue matters only if nothing was lent."""
    if lent or terms.state is not ProjectState.RUNNING:
        return Situation(terms.state, at, lent=lent, answers_left=left)
    project_id = terms.project_id
    return Situation(
        terms.state,
        at,
        answers_left=left,
        daily_left=today,
        any_open=lending_store.any_open(session, project_id),
        any_open_for_you=lending_store.any_open(session, project_id, not_answered_by=actor.user_id),
        soonest_expiry=lending_store.soonest_expiry(session, project_id, but_of=actor.user_id),
        posing=stage is not None and stage.kind is StageKind.FIT_AND_POSE,
    )


def _notice(session: Session, terms: Terms, reply: Reply, *, at: datetime) -> str:
    """Say what a person should know beyond the state: the machine's word, or its silence."""
    if reply.state is not Lending.BEING_PREPARED or terms.state is not ProjectState.RUNNING:
        return terms.notice
    seen = lending_store.worker_last_seen(session)
    if seen is None:
        return "No worker has been seen yet. Ask whoever runs this server to start one."
    silent = int((at - seen).total_seconds())
    if silent > _WORKER_LATE_S:
        return f"No worker seen for {silent} s. Ask whoever runs this server to start one."
    return terms.notice


def _preparing(stage: Stage | None) -> Preparing | None:
    if stage is None:
        return None
    running = stage.state is StageState.RUNNING
    return Preparing(kind=stage.kind, share=stage.share if running else None)


def _queries(
    session: Session,
    lent: list[Lent],
    fresh: set[int],
    settings: PageSettings,
    class_ids: list[int],
) -> list[LentQuery]:
    marked = [each.query_id for each in lent if each.way in (Way.WALK, Way.PAIR)]
    strips = lending_store.strips(session, marked)
    return [
        LentQuery(
            id=each.query_id,
            image_url=_address(each.sha256),
            round=each.round,
            origin=claims.origin_shown(each.origin, show=settings.show_origin),
            expires_at=each.expires_at,
            class_ids=class_ids,
            way=each.way,
            about=each.about,
            image_urls=[_address(sha256) for sha256 in strips.get(each.query_id, [])],
            hashes=strips.get(each.query_id, [each.sha256]),
            fresh=each.query_id in fresh,
        )
        for each in lent
    ]


def _address(sha256: str) -> str:
    return f"/images/{sha256}.png"


def release(session: Session, actor: Actor, project_id: int, *, query_ids: Sequence[int]) -> int:
    """Give queries back unanswered, so that others get them at once; return how many."""
    store.lock_projects(session, [project_id])
    return lending_store.release(session, project_id, user_id=actor.user_id, query_ids=query_ids)
