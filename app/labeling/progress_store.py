"""What a person has done in a project, read from its labels. Only reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.tables import Image, Label, ProjectClass, Query, Round
from app.words import Answer, Origin, Outcome, QueryState, Refusal, Way

#: Recent answers say how fast somebody is.
_RECENT = 200


@dataclass(frozen=True)
class Past:
    """One of a person's labels with what it was about."""

    id: str
    query_id: int
    sha256: str
    origin: Origin
    way: Way
    about: dict[str, Any]
    answer: Answer
    class_id: int | None
    class_name: str | None
    refusal: Refusal | None
    marks: dict[str, Any] | None
    at: datetime
    undone_at: datetime | None
    query_state: QueryState


def counts(
    session: Session, project_id: int, user_id: int, *, since: datetime | None = None
) -> dict[Answer, int]:
    """Count somebody's standing labels by answer."""
    statement = (
        select(Label.answer, func.count())
        .where(Label.project_id == project_id, Label.user_id == user_id, Label.undone_at.is_(None))
        .group_by(Label.answer)
    )
    if since is not None:
        statement = statement.where(Label.received_at >= since)
    return dict(session.execute(statement).tuples().all())


def recent_durations(session: Session, project_id: int, user_id: int) -> Sequence[int]:
    """List how long somebody's last answers took, in milliseconds."""
    return session.scalars(
        select(Label.duration_ms)
        .where(
            Label.project_id == project_id,
            Label.user_id == user_id,
            Label.undone_at.is_(None),
            Label.duration_ms > 0,
        )
        .order_by(Label.received_at.desc())
        .limit(_RECENT)
    ).all()


def history(session: Session, project_id: int, user_id: int, *, limit: int) -> list[Past]:
    """List somebody's last labels, newest first."""
    rows = session.execute(
        select(
            Label.id,
            Label.query_id,
            Image.sha256,
            Image.origin,
            Query.way,
            Query.about,
            Label.answer,
            Label.class_id,
            ProjectClass.name,
            Label.refusal,
            Label.marks,
            Label.received_at,
            Label.undone_at,
            Query.state,
        )
        .select_from(Label)
        .join(Query, Query.id == Label.query_id)
        .join(Image, Image.id == Query.image_id)
        .outerjoin(ProjectClass, ProjectClass.id == Label.class_id)
        .where(Label.project_id == project_id, Label.user_id == user_id)
        .order_by(Label.received_at.desc())
        .limit(limit)
    )
    return [Past(*row) for row in rows]


def first_answer_at(session: Session, project_id: int, user_id: int) -> datetime | None:
    """Return when somebody's first label came in."""
    return session.scalar(
        select(Label.received_at)
        .where(Label.project_id == project_id, Label.user_id == user_id)
        .order_by(Label.received_at)
        .limit(1)
    )


def measured_round(
    session: Session, project_id: int, *, until: datetime | None = None, newest: bool = True
) -> Round | None:
    """Find a round whose learner's accuracy is known: the newest (until a time), or the first."""
    statement = select(Round).where(Round.project_id == project_id, Round.holdout_count > 0)
    if until is not None:
        statement = statement.where(Round.created_at <= until)
    order = Round.number.desc() if newest else Round.number
    return session.scalar(statement.order_by(order).limit(1))


def measured_rounds(session: Session, project_id: int) -> Sequence[Round]:
    """List the rounds whose learner's accuracy is known, in their order."""
    statement = select(Round).where(Round.project_id == project_id, Round.holdout_count > 0)
    return session.scalars(statement.order_by(Round.number)).all()


def answered_at(session: Session, project_id: int, user_id: int) -> Sequence[datetime]:
    """List when somebody's standing answers came in, skips left out, the first one first."""
    return session.scalars(
        select(Label.received_at)
        .where(
            Label.project_id == project_id,
            Label.user_id == user_id,
            Label.undone_at.is_(None),
            Label.answer != Answer.SKIP,
        )
        .order_by(Label.received_at)
    ).all()


def example_images(
    session: Session, project_id: int, class_id: int, *, limit: int
) -> Sequence[str]:
    """List real images that show a class: holdout images first, then what people agreed on."""
    known = session.scalars(
        select(Image.sha256)
        .where(
            Image.project_id == project_id,
            Image.origin == Origin.HOLDOUT,
            Image.class_id == class_id,
        )
        .order_by(Image.id)
        .limit(limit)
    ).all()
    return [*known, *_agreed(session, project_id, class_id, limit=limit - len(known))]


def _agreed(session: Session, project_id: int, class_id: int, *, limit: int) -> Sequence[str]:
    return session.scalars(
        select(Image.sha256)
        .join(Query, Query.image_id == Image.id)
        .where(
            Query.project_id == project_id,
            Query.state == QueryState.SETTLED,
            Query.outcome == Outcome.CLASS,
            Query.outcome_class_id == class_id,
            Image.origin == Origin.POOL,
        )
        .order_by(Query.id)
        .limit(limit)
    ).all()
