"""Disputes in the database: what people disagree on, and what a lead makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from app.tables import Image, Label, ProjectClass, Query, Reliability, Round, User
from app.words import Answer, Outcome, QueryState, Way

_COUNTS = (Answer.CLASS, Answer.UNRECOGNIZABLE)


def disputes(
    session: Session, project_id: int, *, after: int, limit: int
) -> Sequence[Row[tuple[Query, Image, int]]]:
    """List disputed queries with their images and rounds, the oldest first."""
    return session.execute(
        _disputed(select(Query, Image, Round.number), project_id)
        .join(Image, Image.id == Query.image_id)
        .join(Round, Round.id == Query.round_id)
        .where(Query.id > after)
        .order_by(Query.id)
        .limit(limit)
    ).all()


def count(session: Session, project_id: int) -> int:
    """Count disputed queries."""
    return session.scalar(_disputed(select(func.count(Query.id)), project_id)) or 0


def _disputed(statement: Select[Any], project_id: int) -> Select[Any]:
    return statement.where(
        Query.project_id == project_id,
        Query.state == QueryState.SETTLED,
        Query.outcome == Outcome.DISPUTED,
    )


def votes(session: Session, query_ids: Sequence[int]) -> Sequence[Row[Any]]:
    """List who said what about queries, and what an answer of theirs counts."""
    return session.execute(
        select(
            Label.query_id,
            Label.user_id,
            User.name,
            Label.answer,
            Label.class_id,
            ProjectClass.name.label("class_name"),
            Label.duration_ms,
            func.coalesce(Reliability.weight, 1.0).label("weight"),
        )
        .join(User, User.id == Label.user_id)
        .outerjoin(ProjectClass, ProjectClass.id == Label.class_id)
        .outerjoin(
            Reliability,
            (Reliability.user_id == Label.user_id) & (Reliability.project_id == Label.project_id),
        )
        .where(Label.query_id.in_(query_ids), Label.undone_at.is_(None), Label.answer.in_(_COUNTS))
        .order_by(Label.query_id, Label.received_at)
    ).all()


def query(session: Session, project_id: int, query_id: int) -> Query | None:
    """Find a query of a project that everybody could have answered with a class, and lock it."""
    return session.scalar(
        select(Query)
        .where(
            Query.project_id == project_id,
            Query.id == query_id,
            Query.for_user_id.is_(None),
            Query.way.in_((Way.SINGLE, Way.GRID)),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def project_class(session: Session, class_id: int) -> ProjectClass | None:
    """Find a class."""
    return session.get(ProjectClass, class_id)
