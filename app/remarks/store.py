"""Remarks in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, or_, select
from sqlalchemy.orm import Session

from app import database
from app.tables import Image, Query, Remark, Round, User

_RESOLVED = case((Remark.resolved_at.is_(None), 0), else_=1)


def project_of(session: Session, query_id: int) -> int | None:
    """Find the project of a query."""
    return session.scalar(select(Query.project_id).where(Query.id == query_id))


def find(session: Session, remark_id: str) -> Remark | None:
    """Find a remark as it is now."""
    return session.get(Remark, remark_id, populate_existing=True)


def add(session: Session, **values: Any) -> None:
    """Store a remark; one with an id that is known changes nothing."""
    session.execute(database.upsert(session, Remark).values(values).on_conflict_do_nothing())


def count_of(session: Session, query_id: int, user_id: int) -> int:
    """Count the remarks that somebody has left on a query."""
    mine = select(func.count()).where(Remark.query_id == query_id, Remark.user_id == user_id)
    return session.scalar(mine) or 0


def count_unresolved(session: Session, project_id: int) -> int:
    """Count the remarks that no lead has looked at."""
    waiting = Remark.project_id == project_id, Remark.resolved_at.is_(None)
    return session.scalar(select(func.count(Remark.id)).where(*waiting)) or 0


def listed(
    session: Session, project_id: int, *, after: Remark | None, limit: int
) -> Sequence[Row[tuple[Remark, str, str, int]]]:
    """List remarks with image, author's name and round: unresolved first, then the newest first."""
    statement = _told().where(Remark.project_id == project_id)
    if after is not None:
        statement = statement.where(_behind(after))
    order = _RESOLVED, Remark.at.desc(), Remark.id.desc()
    return session.execute(statement.order_by(*order).limit(limit)).tuples().all()


def one(session: Session, project_id: int, remark_id: str) -> Row[Any] | None:
    """Find a remark of a project, with what is told of it."""
    mine = Remark.project_id == project_id, Remark.id == remark_id
    return session.execute(_told().where(*mine)).one_or_none()


def set_resolved(remark: Remark, at: datetime | None) -> None:
    """Say when a lead had looked."""
    remark.resolved_at = at


def _told() -> Any:
    return (
        select(Remark, Image.sha256, User.name, Round.number)
        .join(Query, Query.id == Remark.query_id)
        .join(Image, Image.id == Query.image_id)
        .join(Round, Round.id == Query.round_id)
        .join(User, User.id == Remark.user_id)
    )


def _behind(last: Remark) -> ColumnElement[bool]:
    """Whatever comes behind a remark in the order of the list."""
    rank, resolved = _RESOLVED, int(last.resolved_at is not None)
    return or_(
        rank > resolved,
        and_(
            rank == resolved,
            or_(Remark.at < last.at, and_(Remark.at == last.at, Remark.id < last.id)),
        ),
    )
