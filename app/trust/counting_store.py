"""Who stands behind outcomes, in the database: votes, and what those of doubted annotators count.

Knows tables and statements; what follows from them is decided in `counting`.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from app.tables import Label, Query, Reliability
from app.words import Answer, QueryState


def doubted(session: Session, project_id: int) -> dict[int, float]:
    """Return what the answers of annotators count who were found unreliable."""
    rows = session.execute(
        select(Reliability.user_id, Reliability.weight).where(
            Reliability.project_id == project_id, Reliability.weight < 1
        )
    )
    return dict(rows.tuples().all())


def votes(
    session: Session, project_id: int, doubted: Collection[int]
) -> list[tuple[int, int, bool]]:
    """List query, person and whether the outcome is what they said, of every settled query that
    several people answered, or somebody doubted; what a lead decided is nobody's vote.
    """
    agreed = (Label.answer == Query.outcome) & (
        func.coalesce(Label.class_id, 0) == func.coalesce(Query.outcome_class_id, 0)
    )
    rows = session.execute(
        select(Label.query_id, Label.user_id, case((agreed, 1), else_=0))
        .join(Query, Query.id == Label.query_id)
        .where(
            Query.project_id == project_id,
            Query.state == QueryState.SETTLED,
            Query.for_user_id.is_(None),
            Query.adjudicated_by.is_(None),
            Label.undone_at.is_(None),
            Label.answer != Answer.SKIP,
            or_(Query.accepted > 1, Label.user_id.in_(doubted)),
        )
    )
    return [(query_id, user_id, bool(same)) for query_id, user_id, same in rows]
