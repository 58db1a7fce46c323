"""Answers in the database: labels, and what they change in queries, claims and budgets.

Each statement carries the guard that keeps promises under concurrency: it changes a row only while
the rule still holds, and says whether it did. What labels settle on is decided elsewhere.

Statements of the path that every answer takes are built once, at the top: building them anew was a
third of what an answer cost the server. They leave objects in the session as they were read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from app import database
from app.labeling.consensus import Settlement
from app.labeling.store import answered_by, free_slot
from app.tables import Budget, Claim, Label, Query
from app.words import Answer, QueryState

_QUERY: BindParameter[int] = bindparam("this_query")
_USER: BindParameter[int] = bindparam("this_user")

_PROJECTS_OF = select(Query.id, Query.project_id).where(
    Query.id.in_(bindparam("these_queries", expanding=True))
)
_LOCK_QUERIES = (
    select(Query.id)
    .where(Query.id.in_(bindparam("these_queries", expanding=True)))
    .order_by(Query.id)
    .with_for_update()
)
_HAS_ANSWERED = select(answered_by(_USER)).where(Query.id == _QUERY)
_USE_CLAIM = (
    update(Claim)
    .where(Claim.query_id == _QUERY, Claim.user_id == _USER, Claim.expires_at.is_not(None))
    .values(expires_at=None)
    .returning(Claim.slot)
    .execution_options(synchronize_session=False)
)
_ACCEPT = (
    update(Query)
    .where(Query.id == _QUERY, Query.state == QueryState.OPEN, Query.accepted < Query.overlap)
    .values(accepted=Query.accepted + 1)
    .returning(Query.accepted)
    .execution_options(synchronize_session=False)
)
_COST = Budget.cost_spent + Budget.price_per_answer
_SPEND = (
    update(Budget)
    .where(
        Budget.project_id == bindparam("this_project"),
        or_(Budget.max_answers.is_(None), Budget.answers_spent < Budget.max_answers),
        or_(Budget.max_cost.is_(None), Budget.price_per_answer == 0, Budget.max_cost >= _COST),
    )
    .values(answers_spent=Budget.answers_spent + 1, cost_spent=_COST)
    .returning(Budget.project_id)
    .execution_options(synchronize_session=False)
)
_SETTLE = (
    update(Query)
    .where(Query.id == _QUERY)
    .values(
        state=QueryState.SETTLED,
        outcome=bindparam("this_outcome"),
        outcome_class_id=bindparam("this_class"),
        settled_at=bindparam("this_moment"),
    )
    .execution_options(synchronize_session=False)
)
_ANSWERS_TO = select(Label.answer, Label.class_id).where(
    Label.query_id == _QUERY, Label.undone_at.is_(None), Label.answer != Answer.SKIP
)


def projects_of(session: Session, query_ids: Sequence[int]) -> dict[int, int]:
    """Map queries to their projects; unknown ones are left out."""
    rows = session.execute(_PROJECTS_OF, {"these_queries": query_ids})
    return dict(rows.tuples().all())


def lock_queries(session: Session, query_ids: Sequence[int]) -> None:
    """Lock queries, always in the same order, so that nobody waits in circles.

    SQLite has one writer at a time anyway.
    """
    if not database.on_sqlite(session):
        session.execute(_LOCK_QUERIES, {"these_queries": query_ids}).all()


def query(session: Session, query_id: int) -> Query | None:
    """Find a query as it is now."""
    return session.get(Query, query_id, populate_existing=True)


def label(session: Session, label_id: str) -> Label | None:
    """Find a label as it is now."""
    return session.get(Label, label_id, populate_existing=True)


def add_label(session: Session, label: Label) -> bool:
    """Store a label; False when its id or its place is taken."""
    columns = Label.__table__.columns.keys()
    values = {name: getattr(label, name) for name in columns if getattr(label, name) is not None}
    statement = database.upsert(session, Label).values(values)
    added = session.execute(statement.on_conflict_do_nothing().returning(Label.id))
    return added.scalar() is not None


def has_answered(session: Session, query_id: int, user_id: int) -> bool:
    """Whether somebody's label on a query stands."""
    return bool(session.scalar(_HAS_ANSWERED, {"this_query": query_id, "this_user": user_id}))


def use_slot(session: Session, query: Query, user_id: int) -> bool:
    """Use up a slot of a query for somebody: their claim, a free one, or somebody's unanswered one.

    False when all slots are used up.
    """
    return (
        _use_claim(session, query.id, user_id)
        or _use_free_slot(session, query, user_id)
        or _take_over(session, query.id, user_id)
    )


def _use_claim(session: Session, query_id: int, user_id: int) -> bool:
    used = session.execute(_USE_CLAIM, {"this_query": query_id, "this_user": user_id})
    return used.scalar() is not None


def _use_free_slot(session: Session, query: Query, user_id: int) -> bool:
    slot = session.scalar(select(free_slot()).select_from(Query).where(Query.id == query.id))
    if slot is None:
        return False
    statement = database.upsert(session, Claim).values(
        query_id=query.id, slot=slot, project_id=query.project_id, user_id=user_id, expires_at=None
    )
    used = session.execute(statement.on_conflict_do_nothing().returning(Claim.slot))
    return used.scalar() is not None


def _take_over(session: Session, query_id: int, user_id: int) -> bool:
    """An answer in hand counts more than one that may come."""
    slot = session.scalar(
        select(Claim.slot)
        .where(Claim.query_id == query_id, Claim.expires_at.is_not(None))
        .order_by(Claim.expires_at)
        .limit(1)
    )
    if slot is None:
        return False
    session.execute(
        update(Claim)
        .where(Claim.query_id == query_id, Claim.slot == slot)
        .values(user_id=user_id, expires_at=None)
    )
    return True


def give_slot_back(session: Session, query_id: int, user_id: int) -> None:
    """Free the slot of a query that somebody holds or used."""
    session.execute(delete(Claim).where(Claim.query_id == query_id, Claim.user_id == user_id))


def drop_claims(session: Session, query_id: int) -> None:
    """Take back what is lent of a query that nobody is asked about any more."""
    session.execute(delete(Claim).where(Claim.query_id == query_id, Claim.expires_at.is_not(None)))


def accept(session: Session, query_id: int) -> int | None:
    """Count one more label for a query and return how many it has; None if it takes no more."""
    accepted = session.execute(_ACCEPT, {"this_query": query_id})
    return accepted.scalar()


def spend(session: Session, project_id: int) -> bool:
    """Charge one answer to the budget, if no cap is in the way."""
    spent = session.execute(_SPEND, {"this_project": project_id})
    return spent.scalar() is not None


def refund(session: Session, project_id: int) -> None:
    """Give one answer back to the budget, at the average price of those that were paid for."""
    session.execute(
        update(Budget)
        .where(Budget.project_id == project_id, Budget.answers_spent > 0)
        .values(
            answers_spent=Budget.answers_spent - 1,
            cost_spent=Budget.cost_spent - Budget.cost_spent // Budget.answers_spent,
        )
    )


def answers_to(session: Session, query_id: int) -> list[tuple[Answer, int | None]]:
    """List the answers that count for a query."""
    rows = session.execute(_ANSWERS_TO, {"this_query": query_id})
    return [(answer, class_id) for answer, class_id in rows]


def settle(session: Session, query_id: int, settlement: Settlement, *, at: datetime) -> None:
    """Close a query with its outcome."""
    session.execute(
        _SETTLE,
        {
            "this_query": query_id,
            "this_outcome": settlement.outcome,
            "this_class": settlement.class_id,
            "this_moment": at,
        },
    )


def withdraw(session: Session, query_id: int) -> None:
    """Ask nobody about a query any more."""
    _change(session, query_id, state=QueryState.WITHDRAWN)
    drop_claims(session, query_id)


def reopen(session: Session, query_id: int) -> None:
    """Let a query take labels again."""
    _change(
        session,
        query_id,
        state=QueryState.OPEN,
        outcome=None,
        outcome_class_id=None,
        settled_at=None,
    )


def count_skip(session: Session, query_id: int, *, by: int) -> int:
    """Add to a query's skips and return how many it has."""
    skips = session.execute(
        update(Query)
        .where(Query.id == query_id)
        .values(skips=Query.skips + by)
        .returning(Query.skips)
    )
    return skips.scalar_one()


def count_one_less(session: Session, query_id: int) -> None:
    """Take a label out of a query's count."""
    session.execute(
        update(Query)
        .where(Query.id == query_id, Query.accepted > 0)
        .values(accepted=Query.accepted - 1)
    )


def _change(session: Session, query_id: int, **values: Any) -> None:
    changed = update(Query).where(Query.id == query_id).values(**values)
    session.execute(changed, execution_options={"synchronize_session": False})


def mark_undone(session: Session, label_id: str, *, at: datetime) -> bool:
    """Take a label back; False when it was taken back before."""
    undone = session.execute(
        update(Label)
        .where(Label.id == label_id, Label.undone_at.is_(None))
        .values(undone_at=at)
        .returning(Label.id)
    )
    return undone.scalar() is not None
