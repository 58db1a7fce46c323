"""Lending in the database: claims, and what decides why none is made.

Knows tables and statements; the rules are in `claims`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    ScalarSelect,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from app.labeling.store import answered_by, free_slot
from app.tables import (
    Budget,
    Claim,
    Image,
    Label,
    Project,
    Query,
    QueryImage,
    Round,
    Stage,
    Worker,
    table_of,
)
from app.words import Answer, Origin, ProjectState, QueryState, StageKind, StageState, Way

_QUERIES, _CLAIMS = table_of(Query), table_of(Claim)
_IMAGES, _ROUNDS, _QUERY_IMAGES = table_of(Image), table_of(Round), table_of(QueryImage)
_BUDGETS, _LABELS, _PROJECTS = table_of(Budget), table_of(Label), table_of(Project)
_PROJECT: BindParameter[int] = bindparam("this_project", type_=Integer)
_USER: BindParameter[int] = bindparam("this_user", type_=Integer)
_UNTIL: BindParameter[datetime] = bindparam("until", type_=_CLAIMS.c.expires_at.type)

_TERMS = (
    select(_PROJECTS.c.state, _PROJECTS.c.settings, _PROJECTS.c.notice, _BUDGETS.c.max_daily)
    .select_from(_PROJECTS.outerjoin(_BUDGETS, _BUDGETS.c.project_id == _PROJECTS.c.id))
    .where(_PROJECTS.c.id == _PROJECT)
)
_REAP = delete(_CLAIMS).where(
    _CLAIMS.c.project_id == _PROJECT,
    _CLAIMS.c.expires_at <= bindparam("now", type_=_CLAIMS.c.expires_at.type),
)
_OWN = (
    _CLAIMS.c.project_id == _PROJECT,
    _CLAIMS.c.user_id == _USER,
    _CLAIMS.c.expires_at.is_not(None),
)
_RENEW = (
    update(_CLAIMS)
    .where(
        *_OWN,
        exists().where(_QUERIES.c.id == _CLAIMS.c.query_id, _QUERIES.c.state == QueryState.OPEN),
    )
    .values(expires_at=_UNTIL)
    .returning(_CLAIMS.c.query_id)
)
_PROMISED = (
    select(func.count())
    .select_from(_CLAIMS.join(_QUERIES, _QUERIES.c.id == _CLAIMS.c.query_id))
    .where(
        _CLAIMS.c.project_id == _PROJECT,
        _CLAIMS.c.expires_at.is_not(None),
        _QUERIES.c.state == QueryState.OPEN,
    )
)
_HELD = (
    select(
        _QUERIES.c.id,
        _IMAGES.c.sha256,
        _IMAGES.c.origin,
        _ROUNDS.c.number,
        _CLAIMS.c.expires_at,
        _QUERIES.c.way,
        _QUERIES.c.about,
    )
    .select_from(
        _CLAIMS.join(_QUERIES, _QUERIES.c.id == _CLAIMS.c.query_id)
        .join(_IMAGES, _IMAGES.c.id == _QUERIES.c.image_id)
        .join(_ROUNDS, _ROUNDS.c.id == _QUERIES.c.round_id)
    )
    .where(*_OWN, _QUERIES.c.state == QueryState.OPEN)
    .order_by(_QUERIES.c.priority.desc(), _QUERIES.c.id)
)
_STRIPS = (
    select(_QUERY_IMAGES.c.query_id, _IMAGES.c.sha256)
    .join(_IMAGES, _IMAGES.c.id == _QUERY_IMAGES.c.image_id)
    .where(_QUERY_IMAGES.c.query_id.in_(bindparam("these", expanding=True)))
    .order_by(_QUERY_IMAGES.c.query_id, _QUERY_IMAGES.c.position)
)


def _claims(*which: ColumnElement[bool]) -> ScalarSelect[int]:
    """Count a query's claims, held or used up; for why it counts, see `answered_by`."""
    return (
        select(func.count())
        .select_from(_CLAIMS)
        .where(_CLAIMS.c.query_id == _QUERIES.c.id, *which)
        .correlate(_QUERIES)
        .scalar_subquery()
    )


_ANSWERED_SINCE = (
    select(func.count())
    .select_from(_LABELS)
    .where(
        _LABELS.c.project_id == _PROJECT,
        _LABELS.c.user_id == _USER,
        _LABELS.c.received_at >= bindparam("since", type_=_LABELS.c.received_at.type),
        _LABELS.c.undone_at.is_(None),
        _LABELS.c.answer != Answer.SKIP,
    )
)

# Whoever lends holds the project's lock, so no two lend the same slot; the key would refuse it.
_LEND = (
    insert(_CLAIMS)
    .from_select(
        ["query_id", "slot", "project_id", "user_id", "expires_at"],
        select(_QUERIES.c.id, free_slot(), _PROJECT, _USER, _UNTIL)
        .where(
            _QUERIES.c.project_id == _PROJECT,
            _QUERIES.c.state == QueryState.OPEN,
            or_(_QUERIES.c.for_user_id.is_(None), _QUERIES.c.for_user_id == _USER),
            _claims() < _QUERIES.c.overlap,
            ~answered_by(_USER),
            _claims(_CLAIMS.c.user_id + 0 == _USER) == 0,
        )
        .order_by(_QUERIES.c.priority.desc(), _QUERIES.c.id)
        .limit(bindparam("count", type_=Integer)),
    )
    .returning(_CLAIMS.c.query_id)
)


@dataclass(frozen=True)
class Terms:
    """What a project says of lending its queries."""

    state: ProjectState
    settings: dict[str, Any]
    notice: str
    #: The most answers that anybody may give in a day; None is no cap.
    max_daily: int | None


@dataclass(frozen=True)
class Lent:
    """A query in somebody's hands, with what the page shows."""

    query_id: int
    sha256: str
    origin: Origin
    round: int
    expires_at: datetime
    way: Way
    about: dict[str, Any]


def terms(session: Session, project_id: int) -> Terms | None:
    """Find a project, as far as lending needs it."""
    row = session.connection().execute(_TERMS, {"this_project": project_id}).first()
    return None if row is None else Terms(*row)


def reap(session: Session, project_id: int, at: datetime) -> None:
    """Take back what was lent and not answered in time."""
    session.connection().execute(_REAP, {"this_project": project_id, "now": at})


def renew(session: Session, project_id: int, *, user_id: int, expires_at: datetime) -> int:
    """Prolong the claims that somebody holds on open queries, and count them."""
    renewed = session.connection().execute(
        _RENEW, {"this_project": project_id, "this_user": user_id, "until": expires_at}
    )
    return len(renewed.all())


def promised(session: Session, project_id: int) -> int:
    """Count the open queries that somebody holds."""
    return session.connection().scalar(_PROMISED, {"this_project": project_id}) or 0


def lend(
    session: Session, project_id: int, *, user_id: int, count: int, expires_at: datetime
) -> set[int]:
    """Lend the first queries of the queue that somebody may still answer; return which.

    The caller holds the project's lock.
    """
    lent = session.connection().execute(
        _LEND,
        {
            "this_project": project_id,
            "this_user": user_id,
            "until": expires_at,
            "count": count,
        },
    )
    return set(lent.scalars())


def held(session: Session, project_id: int, user_id: int) -> list[Lent]:
    """List what somebody holds, in the order of the queue."""
    rows = session.connection().execute(_HELD, {"this_project": project_id, "this_user": user_id})
    return [Lent(*row) for row in rows]


def strips(session: Session, query_ids: Sequence[int]) -> dict[int, list[str]]:
    """List the further images of walks and pairs, in their order."""
    found: dict[int, list[str]] = {}
    if query_ids:
        for query_id, sha256 in session.connection().execute(_STRIPS, {"these": query_ids}):
            found.setdefault(query_id, []).append(sha256)
    return found


def given_since(session: Session, project_id: int, user_id: int, since: datetime) -> int:
    """Count the answers that somebody has given since then, skips left out."""
    found = session.connection().scalar(
        _ANSWERED_SINCE, {"this_project": project_id, "this_user": user_id, "since": since}
    )
    return found or 0


def any_open(session: Session, project_id: int, *, not_answered_by: int | None = None) -> bool:
    """Whether a project has open queries; with a user, whether some are left for them."""
    statement = select(Query.id).where(
        Query.project_id == project_id, Query.state == QueryState.OPEN
    )
    if not_answered_by is not None:
        statement = statement.where(~answered_by(not_answered_by))
    return session.scalar(statement.limit(1)) is not None


def soonest_expiry(session: Session, project_id: int, *, but_of: int) -> datetime | None:
    """Return when the first claim of somebody else ends."""
    return session.scalar(
        select(Claim.expires_at)
        .where(
            Claim.project_id == project_id,
            Claim.expires_at.is_not(None),
            Claim.user_id != but_of,
        )
        .order_by(Claim.expires_at)
        .limit(1)
    )


def stage_under_way(session: Session, project_id: int) -> Stage | None:
    """Find the machine work that people wait for: the one running, else the first queued."""
    return session.scalar(
        select(Stage)
        .where(
            Stage.project_id == project_id,
            Stage.state.in_((StageState.RUNNING, StageState.QUEUED)),
            Stage.kind.not_in((StageKind.EVALUATE, StageKind.JUDGE_STREAM, StageKind.ASSESS)),
        )
        .order_by((Stage.state == StageState.RUNNING).desc(), Stage.id)
        .limit(1)
    )


def worker_last_seen(session: Session) -> datetime | None:
    """Return when any worker last said that it is alive."""
    return session.scalar(select(func.max(Worker.seen_at)))


def release(session: Session, project_id: int, *, user_id: int, query_ids: Sequence[int]) -> int:
    """Take back claims that somebody gives back unanswered."""
    released = session.execute(
        delete(Claim)
        .where(
            Claim.project_id == project_id,
            Claim.user_id == user_id,
            Claim.query_id.in_(query_ids),
            Claim.expires_at.is_not(None),
        )
        .returning(Claim.query_id)
    )
    return len(released.all())
