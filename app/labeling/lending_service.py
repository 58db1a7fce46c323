"""The rules of lending: who is lent which queries, and what people are told when there are none.

Knows who asks; statements are in the stores, pure rules in `claims`. Flushes, never commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Wanted:
    """Queries that somebody asks for, those included that they hold."""

    project_id: int
    limit: int


@dataclass
class _Offer:
    """A project as it lends to several people in one transaction."""

    project_id: int
    terms: Terms
    settings: PageSettings
    classes: list[ClassOut]
    at: datetime
    #: Answers that the budget still allows; None is no cap.
    left: int | None
    #: Open queries that somebody holds; counted where the budget has a cap.
    promised: int = 0

    @property
    def lends(self) -> bool:
        """Whether anybody may be lent anything."""
        return self.terms.state is ProjectState.RUNNING and self.left != 0


def claim(session: Session, wanted: Sequence[tuple[Actor, Wanted]]) -> list[Claims]:
    """Lend queries to those who ask, in their order, or say to each why there is none.

    What a person holds comes first and its time begins anew, so a reload loses nothing.
    """
    at = now()
    left = store.lock_projects(session, {each.project_id for _, each in wanted})
    offers = {project_id: _offer(session, project_id, left[project_id], at) for project_id in left}
    return [_claim(session, actor, each.limit, offers[each.project_id]) for actor, each in wanted]


def _offer(session: Session, project_id: int, left: int | None, at: datetime) -> _Offer:
    """Read what is the same for everybody who asks, and take back what was not answered in time."""
    terms = lending_store.terms(session, project_id)
    if terms is None:
        raise NotFound
    settings = PageSettings.model_validate(terms.settings)
    classes = _classes(store.active_classes(session, project_id))
    offer = _Offer(project_id, terms, settings, classes, at, left)
    if offer.lends:
        lending_store.reap(session, project_id, at)
        if left is not None:
            offer.promised = lending_store.promised(session, project_id)
    return offer


def _claim(session: Session, actor: Actor, limit: int, offer: _Offer) -> Claims:
    """Lend to one person."""
    lent, fresh, today = list[Lent](), set[int](), _left_today(session, actor, offer)
    if offer.lends:
        fresh = _lend(session, actor, offer, limit=limit, today=today)
        lent = lending_store.held(session, offer.project_id, actor.user_id)
    stage = None if lent else lending_store.stage_under_way(session, offer.project_id)
    reply = claims.reply(
        _situation(session, actor, offer, lent=len(lent), today=today, stage=stage)
    )
    return Claims(
        state=reply.state,
        retry_after_s=reply.retry_after_s,
        notice=_notice(session, offer.terms, reply, at=offer.at),
        preparing=_preparing(stage) if reply.state is Lending.BEING_PREPARED else None,
        now=offer.at,
        queries=_queries(session, lent, fresh, offer),
        classes=offer.classes,
        settings=offer.settings,
    )


def _left_today(session: Session, actor: Actor, offer: _Offer) -> int | None:
    """Return how many answers somebody may still give today; None is no cap."""
    most = offer.terms.max_daily
    if most is None:
        return None
    begin = claims.midnight(offer.at)
    return max(0, most - lending_store.given_since(session, offer.project_id, actor.user_id, begin))


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
    session: Session, actor: Actor, offer: _Offer, *, limit: int, today: int | None
) -> set[int]:
    """Renew what the person holds, lend more if the budget allows it, and return what is new."""
    project_id, user_id = offer.project_id, actor.user_id
    until = claims.expiry(offer.at, offer.settings.claim_minutes)
    count = claims.may_lend(
        limit,
        held=lending_store.renew(session, project_id, user_id=user_id, expires_at=until),
        answers_left=offer.left,
        promised=offer.promised,
        daily_left=today,
    )
    if not count:
        return set()
    fresh = lending_store.lend(session, project_id, user_id=user_id, count=count, expires_at=until)
    offer.promised += len(fresh)
    return fresh


def _situation(
    session: Session,
    actor: Actor,
    offer: _Offer,
    *,
    lent: int,
    today: int | None,
    stage: Stage | None,
) -> Situation:
    """Gather what decides the reply; the rest of the queue matters only if nothing was lent."""
    state, at, left = offer.terms.state, offer.at, offer.left
    if lent or state is not ProjectState.RUNNING:
        return Situation(state, at, lent=lent, answers_left=left)
    project_id, user_id = offer.project_id, actor.user_id
    return Situation(
        state,
        at,
        answers_left=left,
        daily_left=today,
        any_open=lending_store.any_open(session, project_id),
        any_open_for_you=lending_store.any_open(session, project_id, not_answered_by=user_id),
        soonest_expiry=lending_store.soonest_expiry(session, project_id, but_of=user_id),
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
    session: Session, lent: Sequence[Lent], fresh: set[int], offer: _Offer
) -> list[LentQuery]:
    marked = [each.query_id for each in lent if each.way in (Way.WALK, Way.PAIR)]
    strips = lending_store.strips(session, marked)
    class_ids, show_origin = [each.id for each in offer.classes], offer.settings.show_origin
    return [
        LentQuery(
            id=each.query_id,
            image_url=_address(each.sha256),
            round=each.round,
            origin=claims.origin_shown(each.origin, show=show_origin),
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
