"""Gold and repeats in the database: who is there to be checked, with what, and what was posed.

Knows tables and statements; how many checks somebody gets is decided in `checks`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session, aliased

from app.tables import Claim, Image, Label, Query, now
from app.words import Answer, Origin, QueryState, Way

#: Within this time, somebody who labeled or holds queries counts as present.
PRESENCE = timedelta(minutes=3)
#: Candidates to draw from: enough that nobody can foresee which one comes.
MANY = 500
_COUNTS = (Answer.CLASS, Answer.UNRECOGNIZABLE)


class Check(NamedTuple):
    """An image that somebody may be checked with."""

    image_id: int
    #: Of a repeat: the query that they answered before.
    repeat_of: int | None = None
    #: Of gold: `truth`, its class, and `verified_by`, the query where people named it.
    known: Mapping[str, int] = {}


def present(session: Session, project_id: int) -> list[int]:
    """List the people who are at work."""
    labeled = select(Label.user_id).where(
        Label.project_id == project_id, Label.received_at > now() - PRESENCE
    )
    holding = select(Claim.user_id).where(Claim.project_id == project_id, Claim.expires_at > now())
    return sorted(session.scalars(labeled.union(holding)))


def withdraw_of_absent(session: Session, project_id: int, there: Collection[int]) -> None:
    """Take back the checks of people who have gone, so that nothing is reserved for them."""
    session.execute(
        update(Query)
        .where(
            Query.project_id == project_id,
            Query.state == QueryState.OPEN,
            Query.for_user_id.is_not(None),
            Query.for_user_id.not_in(there),
            ~exists().where(Claim.query_id == Query.id, Claim.expires_at > now()),
        )
        .values(state=QueryState.WITHDRAWN)
        .execution_options(synchronize_session=False)
    )


def answered(session: Session, project_id: int, people: Collection[int]) -> dict[int, int]:
    """Count the answers of people to queries that anybody could have answered."""
    rows = session.execute(
        select(Label.user_id, func.count())
        .join(Query, Query.id == Label.query_id)
        .where(
            Label.project_id == project_id,
            Label.user_id.in_(people),
            Label.undone_at.is_(None),
            Label.answer.in_(_COUNTS),
            Query.for_user_id.is_(None),
        )
        .group_by(Label.user_id)
    )
    return dict(rows.tuples().all())


def posed(session: Session, project_id: int, people: Collection[int]) -> dict[tuple[int, str], int]:
    """Count the checks that people ever got and that were not withdrawn, by person and source."""
    rows = session.execute(
        select(Query.for_user_id, Query.source, func.count())
        .where(
            Query.project_id == project_id,
            Query.for_user_id.in_(people),
            Query.state != QueryState.WITHDRAWN,
        )
        .group_by(Query.for_user_id, Query.source)
    )
    return {(user_id or 0, str(source)): count for user_id, source, count in rows}


def has_gold(session: Session, project_id: int) -> bool:
    """Whether gold was imported."""
    found = select(Image.id).where(Image.project_id == project_id, Image.origin == Origin.GOLD)
    return session.scalar(found.limit(1)) is not None


def imported_gold(
    session: Session, project_id: int, user_id: int, class_ids: Collection[int]
) -> list[Check]:
    """List gold images that somebody has never been asked about."""
    rows = session.execute(
        select(Image.id, Image.class_id)
        .where(
            Image.project_id == project_id,
            Image.origin == Origin.GOLD,
            Image.class_id.in_(class_ids),
            ~exists().where(Query.image_id == Image.id, Query.for_user_id == user_id),
        )
        .order_by(Image.id)
        .limit(MANY)
    )
    return [Check(image_id, known={"truth": truth}) for image_id, truth in rows if truth]


def verified_gold(session: Session, user_id: int, truths: Mapping[int, int]) -> list[Check]:
    """List images of settled queries that somebody has neither answered nor been checked with.

    `truths` maps queries to what people named; at most `MANY` of them.
    """
    rows = session.execute(
        select(Query.id, Query.image_id)
        .where(
            Query.id.in_(list(truths)[:MANY]),
            ~exists().where(Label.query_id == Query.id, Label.user_id == user_id),
            ~_checked_with(user_id),
        )
        .order_by(Query.id)
    )
    return [
        Check(image_id, known={"truth": truths[query_id], "verified_by": query_id})
        for query_id, image_id in rows
    ]


def repeatable(session: Session, project_id: int, user_id: int, *, but: int) -> list[Check]:
    """List what somebody answered and was not asked again, all but the latest answers."""
    rows = session.execute(
        select(Query.id, Query.image_id)
        .join(Label, Label.query_id == Query.id)
        .where(
            Label.project_id == project_id,
            Label.user_id == user_id,
            Label.undone_at.is_(None),
            Label.answer.in_(_COUNTS),
            Query.for_user_id.is_(None),
            Query.way.in_((Way.SINGLE, Way.GRID)),
            ~_checked_with(user_id),
        )
        .order_by(Label.received_at.desc())
        .offset(but)
        .limit(MANY)
    )
    return [Check(image_id, repeat_of=query_id) for query_id, image_id in rows]


def _checked_with(user_id: int) -> Any:
    other = aliased(Query)
    return exists().where(other.image_id == Query.image_id, other.for_user_id == user_id)


def waiting(session: Session, project_id: int) -> list[tuple[int, float]]:
    """List open queries for everybody with their priorities, in the order of lending."""
    rows = session.execute(
        select(Query.id, Query.priority)
        .where(
            Query.project_id == project_id,
            Query.state == QueryState.OPEN,
            Query.for_user_id.is_(None),
        )
        .order_by(Query.priority.desc(), Query.id)
    )
    return list(rows.tuples())


def add_query(session: Session, **values: Any) -> None:
    """Put an image to one person alone."""
    session.add(Query(overlap=1, **values))
