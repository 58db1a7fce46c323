"""Lending in the database: claims, and what decides why none is made.

Knows tables and statements; the rules are in `claims`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, delete, exists, func, literal, select, update
from sqlalchemy.orm import Session

from app import database
from app.labeling.store import answered_by, free_slot
from app.tables import Claim, Image, Query, Round, Stage, Worker
from app.words import Origin, QueryState, StageKind, StageState


@dataclass(frozen=True)
class Lent:
    """A query in somebody's hands, with what the page shows."""

    query_id: int
    sha256: str
    origin: Origin
    round: int
    expires_at: datetime


def reap(session: Session, project_id: int, at: datetime) -> None:
    """Take back what was lent and not answered in time."""
    session.execute(delete(Claim).where(Claim.project_id == project_id, Claim.expires_at <= at))


def renew(session: Session, project_id: int, *, user_id: int, expires_at: datetime) -> int:
    """Prolong the claims that somebody holds on open queries, and count them."""
    renewed = session.execute(
        update(Claim)
        .where(
            Claim.user_id == user_id,
            Claim.expires_at.is_not(None),
            Claim.project_id == project_id,
            exists().where(Query.id == Claim.query_id, Query.state == QueryState.OPEN),
        )
        .values(expires_at=expires_at)
        .returning(Claim.query_id)
    )
    return len(renewed.all())


def promised(session: Session, project_id: int) -> int:
    """Count the open queries that somebody holds."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Claim)
            .join(Query, Query.id == Claim.query_id)
            .where(
                Claim.project_id == project_id,
                Claim.expires_at.is_not(None),
                Query.state == QueryState.OPEN,
            )
        )
        or 0
    )


def lend(
    session: Session, project_id: int, *, user_id: int, count: int, expires_at: datetime
) -> int:
    """Lend the first queries of the queue that somebody may still answer; return how many.

    The key (query, slot) makes a second claim on the same slot impossible.
    """
    lendable = (
        select(
            Query.id,
            free_slot(),
            literal(project_id),
            literal(user_id),
            literal(expires_at, Claim.expires_at.type),
        )
        .where(
            Query.project_id == project_id,
            Query.state == QueryState.OPEN,
            Query.accepted < Query.overlap,
            _claims() < Query.overlap,
            ~answered_by(user_id),
            _claims(Claim.user_id + 0 == user_id) == 0,
        )
        .order_by(Query.priority.desc(), Query.id)
        .limit(count)
    )
    columns = ["query_id", "slot", "project_id", "user_id", "expires_at"]
    statement = database.upsert(session, Claim).from_select(columns, lendable)
    lent = session.execute(statement.on_conflict_do_nothing().returning(Claim.query_id))
    return len(lent.all())


def _claims(*which: ColumnElement[bool]) -> ScalarSelect[int]:
    """Count a query's claims, held or used up; for why it counts, see `answered_by`."""
    return (
        select(func.count())
        .select_from(Claim)
        .where(Claim.query_id == Query.id, *which)
        .correlate(Query)
        .scalar_subquery()
    )


def held(session: Session, project_id: int, user_id: int) -> list[Lent]:
    """List what somebody holds, in the order of the queue."""
    rows = session.execute(
        select(Query.id, Image.sha256, Image.origin, Round.number, Claim.expires_at)
        .select_from(Claim)
        .join(Query, Query.id == Claim.query_id)
        .join(Image, Image.id == Query.image_id)
        .join(Round, Round.id == Query.round_id)
        .where(
            Claim.user_id == user_id,
            Claim.expires_at.is_not(None),
            Claim.project_id == project_id,
            Query.state == QueryState.OPEN,
        )
        .order_by(Query.priority.desc(), Query.id)
    )
    return [
        Lent(query_id, sha256, origin, number, expires_at)
        for query_id, sha256, origin, number, expires_at in rows
        if expires_at is not None
    ]


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
