"""Answers in the database: read how everything stands, and write what answers have changed.

Whoever calls holds the locks of the projects, so that nothing moves in between. What an answer does
is decided in `judging`. Statements are built once and speak to tables, not to objects: they are on
the path that every answer takes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Row, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from app import database
from app.labeling import store
from app.labeling.consensus import Rule
from app.labeling.judging import Given, Held, Known, NamedClass, Said, Standing, Wallet
from app.tables import (
    Budget,
    Claim,
    Image,
    Label,
    Project,
    ProjectClass,
    Query,
    QueryImage,
    Reliability,
    table_of,
)
from app.words import Origin, Way

_QUERIES, _LABELS, _CLAIMS = table_of(Query), table_of(Label), table_of(Claim)
_BUDGETS, _CLASSES, _IMAGES = table_of(Budget), table_of(ProjectClass), table_of(Image)
_STRIPS = table_of(QueryImage)
_PROJECTS, _RELIABILITIES = table_of(Project), table_of(Reliability)
#: The finest step of time that both databases keep.
_TICK = timedelta(microseconds=1)
_these: BindParameter[Any] = bindparam("these", expanding=True)

_PROJECTS_OF = select(_QUERIES.c.id, _QUERIES.c.project_id).where(_QUERIES.c.id.in_(_these))
_LOCK = (
    select(_QUERIES.c.id).where(_QUERIES.c.id.in_(_these)).order_by(_QUERIES.c.id).with_for_update()
)
_STANDING = select(
    _QUERIES.c.id,
    _QUERIES.c.project_id,
    _QUERIES.c.state,
    _QUERIES.c.way,
    _QUERIES.c.overlap,
    _QUERIES.c.accepted,
    _QUERIES.c.skips,
    _QUERIES.c.for_user_id,
    _QUERIES.c.outcome,
    _QUERIES.c.outcome_class_id,
    _QUERIES.c.outcome_marks,
    _QUERIES.c.settled_at,
    _QUERIES.c.adjudicated_by,
    _QUERIES.c.source,
).where(_QUERIES.c.id.in_(_these))
_SAID = select(_LABELS.c.query_id, _LABELS.c.user_id, _LABELS.c.answer, _LABELS.c.class_id).where(
    _LABELS.c.query_id.in_(_these), _LABELS.c.undone_at.is_(None)
)
_SLOTS = select(_CLAIMS.c.query_id, _CLAIMS.c.slot, _CLAIMS.c.user_id, _CLAIMS.c.expires_at).where(
    _CLAIMS.c.query_id.in_(_these)
)
_STRIP_LENGTHS = (
    select(_STRIPS.c.query_id, func.count())
    .where(_STRIPS.c.query_id.in_(_these))
    .group_by(_STRIPS.c.query_id)
)
_KNOWN = select(
    _LABELS.c.id, _LABELS.c.user_id, _LABELS.c.query_id, _LABELS.c.answer, _LABELS.c.class_id
).where(_LABELS.c.id.in_(_these))
_NAMED = select(_CLASSES.c.id, _CLASSES.c.project_id, _CLASSES.c.archived_at).where(
    _CLASSES.c.id.in_(_these)
)
_REAL = select(_IMAGES.c.id, _IMAGES.c.project_id).where(
    _IMAGES.c.id.in_(_these), _IMAGES.c.origin == Origin.POOL
)
_MOST_OVERLAP = select(
    _PROJECTS.c.id, _PROJECTS.c.settings["most_overlap"].as_integer().label("most")
).where(_PROJECTS.c.id.in_(_these))
_DOUBTED = select(
    _RELIABILITIES.c.project_id, _RELIABILITIES.c.user_id, _RELIABILITIES.c.weight
).where(_RELIABILITIES.c.project_id.in_(_these), _RELIABILITIES.c.weight < 1)
_ADD_LABELS = insert(_LABELS)
_ADD_SLOT = insert(_CLAIMS)
_CHANGE_SLOT = (
    update(_CLAIMS)
    .where(_CLAIMS.c.query_id == bindparam("this_query"), _CLAIMS.c.slot == bindparam("this_slot"))
    .values(user_id=bindparam("user_id"), expires_at=bindparam("expires_at"))
)
_DROP_SLOT = delete(_CLAIMS).where(
    _CLAIMS.c.query_id == bindparam("this_query"), _CLAIMS.c.slot == bindparam("this_slot")
)
_CHANGE_QUERY = (
    update(_QUERIES)
    .where(_QUERIES.c.id == bindparam("this_query"))
    .values(
        state=bindparam("state"),
        overlap=bindparam("overlap"),
        accepted=bindparam("accepted"),
        skips=bindparam("skips"),
        outcome=bindparam("outcome"),
        outcome_class_id=bindparam("outcome_class_id"),
        outcome_marks=bindparam("outcome_marks"),
        settled_at=bindparam("settled_at"),
    )
)
_SPEND = (
    update(_BUDGETS)
    .where(_BUDGETS.c.project_id == bindparam("this_project"))
    .values(
        answers_spent=_BUDGETS.c.answers_spent + bindparam("count"),
        cost_spent=_BUDGETS.c.cost_spent + bindparam("count") * _BUDGETS.c.price_per_answer,
    )
)


def projects_of(session: Session, query_ids: Collection[int]) -> dict[int, int]:
    """Map queries to their projects; unknown ones are left out."""
    return {row.id: row.project_id for row in _rows(session, _PROJECTS_OF, query_ids)}


def lock_queries(session: Session, query_ids: Collection[int]) -> None:
    """Lock queries, always in the same order, so that nobody waits in circles.

    SQLite has one writer at a time anyway.
    """
    if not database.on_sqlite(session):
        _rows(session, _LOCK, query_ids)


def standing(session: Session, query_ids: Collection[int]) -> dict[int, Standing]:
    """Read how queries stand: their labels and who holds their slots included."""
    found = {row.id: Standing(*row) for row in _rows(session, _STANDING, query_ids)}
    for query_id, *said in _rows(session, _SAID, query_ids):
        found[query_id].said.append(Said(*said))
    for query_id, slot, *held in _rows(session, _SLOTS, query_ids):
        found[query_id].slots[slot] = found[query_id].slots_before[slot] = Held(*held)
    walks = [each.id for each in found.values() if each.way is Way.WALK]
    for query_id, length in _rows(session, _STRIP_LENGTHS, walks):
        found[query_id].strip = length
    return found


def known_labels(session: Session, label_ids: Collection[str]) -> dict[str, Known]:
    """Find labels that were stored before, by id."""
    return {row.id: Known(*row[1:]) for row in _rows(session, _KNOWN, label_ids)}


def named_classes(session: Session, class_ids: Collection[int]) -> dict[int, NamedClass]:
    """Find the classes that answers name."""
    rows = _rows(session, _NAMED, class_ids)
    return {row.id: NamedClass(row.project_id, row.archived_at is not None) for row in rows}


def real_images(session: Session, image_ids: Collection[int]) -> dict[int, int]:
    """Map images of pools to their projects; all others are left out."""
    return {row.id: row.project_id for row in _rows(session, _REAL, image_ids)}


def rules(session: Session, project_ids: Collection[int]) -> dict[int, Rule]:
    """Read how projects settle queries that need several labels."""
    most = {row.id: row.most or 0 for row in _rows(session, _MOST_OVERLAP, project_ids)}
    weights: dict[int, dict[int, float]] = {}
    for project_id, user_id, weight in _rows(session, _DOUBTED, project_ids):
        weights.setdefault(project_id, {})[user_id] = weight
    asking = [each for each, overlap in most.items() if overlap]
    people = store.people_who_label(session, asking) if asking else {}
    return {
        each: Rule(overlap, weights.get(each, {}), people.get(each, 0))
        for each, overlap in most.items()
    }


def _rows(session: Session, statement: Any, these: Collection[Any]) -> Sequence[Row[Any]]:
    if not these:
        return []
    return session.connection().execute(statement, {"these": sorted(these)}).all()


def add_labels(session: Session, given: Iterable[Given], *, at: datetime) -> None:
    """Store labels, each a tick after the one before it: together they still have an order."""
    rows = [
        {
            "id": str(each.answer.id),
            "project_id": each.project_id,
            "query_id": each.answer.query_id,
            "user_id": each.user_id,
            "answer": each.answer.answer,
            "class_id": each.answer.class_,
            "refusal": each.answer.refusal,
            "way": each.answer.way,
            "marks": each.answer.kept_marks,
            "twin_image_id": each.answer.twin,
            "duration_ms": int(each.answer.duration_ms),
            "received_at": at + place * _TICK,
        }
        for place, each in enumerate(given)
    ]
    if rows:
        session.connection().execute(_ADD_LABELS, rows)


def change_queries(session: Session, changed: Iterable[Standing]) -> None:
    """Write how queries stand now."""
    rows = [
        {
            "this_query": each.id,
            "state": each.state,
            "overlap": each.overlap,
            "accepted": each.accepted,
            "skips": each.skips,
            "outcome": each.outcome,
            "outcome_class_id": each.outcome_class_id,
            "outcome_marks": each.outcome_marks,
            "settled_at": each.settled_at,
        }
        for each in changed
    ]
    if rows:
        session.connection().execute(_CHANGE_QUERY, rows)


def change_slots(session: Session, changed_queries: Iterable[Standing]) -> None:
    """Write who holds and who has used the slots of queries, where that has changed."""
    added, changed, dropped = [], [], []
    for query in changed_queries:
        old, slots, place = query.slots_before, query.slots, {"this_query": query.id}
        dropped += [{**place, "this_slot": slot} for slot in old.keys() - slots.keys()]
        for slot, held in slots.items():
            values = {"user_id": held.user_id, "expires_at": held.expires_at}
            if slot not in old:
                new = {"query_id": query.id, "project_id": query.project_id, "slot": slot}
                added.append({**new, **values})
            elif held != old[slot]:
                changed.append({**place, "this_slot": slot, **values})
    connection = session.connection()
    for statement, rows in ((_DROP_SLOT, dropped), (_CHANGE_SLOT, changed), (_ADD_SLOT, added)):
        if rows:
            connection.execute(statement, rows)


def spend(session: Session, wallets: Mapping[int, Wallet]) -> None:
    """Charge answers to the budgets of their projects."""
    rows = [
        {"this_project": project_id, "count": wallet.spent}
        for project_id, wallet in wallets.items()
        if wallet.spent
    ]
    if rows:
        session.connection().execute(_SPEND, rows)


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


def label(session: Session, label_id: str) -> Label | None:
    """Find a label as it is now."""
    return session.get(Label, label_id, populate_existing=True)


def mark_undone(session: Session, label_id: str, *, at: datetime) -> bool:
    """Take a label back; False when it was taken back before."""
    undone = session.execute(
        update(Label)
        .where(Label.id == label_id, Label.undone_at.is_(None))
        .values(undone_at=at)
        .returning(Label.id)
    )
    return undone.scalar() is not None
