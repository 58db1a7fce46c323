"""What lending and answering share in the database: a project, its lock, budget, classes, slots.

Knows tables and statements; who may do what is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    ScalarSelect,
    bindparam,
    exists,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from app import database
from app.labeling.preferences_keys import KnownClass
from app.projects import budgets
from app.tables import (
    Budget,
    Claim,
    Image,
    Label,
    Membership,
    Project,
    ProjectClass,
    Query,
    User,
    table_of,
)

#: Slots 0 to 8: settings allow no larger overlap.
_SLOTS = union_all(*(select(literal(slot).label("slot")) for slot in range(9))).cte("slots")

_BUDGETS = table_of(Budget)
_LOCK_BUDGETS = (
    select(_BUDGETS)
    .where(_BUDGETS.c.project_id.in_(bindparam("these", expanding=True)))
    .order_by(_BUDGETS.c.project_id)
    .with_for_update()
)

_QUERIES, _LABELS = table_of(Query), table_of(Label)
_MEMBERS, _USERS = table_of(Membership), table_of(User)
_PEOPLE = (
    select(_MEMBERS.c.project_id, func.count())
    .join(_USERS, _USERS.c.id == _MEMBERS.c.user_id)
    .where(
        _MEMBERS.c.project_id.in_(bindparam("these", expanding=True)),
        _USERS.c.disabled_at.is_(None),
    )
    .group_by(_MEMBERS.c.project_id)
)

_CLASSES = table_of(ProjectClass)
_ACTIVE_CLASSES = (
    select(_CLASSES.c.id, _CLASSES.c.name, _CLASSES.c.key)
    .where(_CLASSES.c.project_id == bindparam("this_project"), _CLASSES.c.archived_at.is_(None))
    .order_by(_CLASSES.c.position, _CLASSES.c.id)
)

_IMAGES = table_of(Image)
_IMAGES_OF_MEMBERS = (
    select(_MEMBERS.c.user_id, _IMAGES.c.sha256)
    .join(_IMAGES, _IMAGES.c.project_id == _MEMBERS.c.project_id)
    .where(
        _IMAGES.c.sha256.in_(bindparam("these", expanding=True)),
        _MEMBERS.c.user_id.in_(bindparam("users", expanding=True)),
    )
)


def project(session: Session, project_id: int) -> Project | None:
    """Find a project."""
    return session.get(Project, project_id)


def lock_projects(session: Session, project_ids: Collection[int]) -> dict[int, int | None]:
    """Let one transaction at a time lend or take answers in projects.

    Returns how many answers each budget still allows; None is no cap. SQLite has one writer at a
    time anyway.
    """
    found = _locked(session, project_ids)
    for project_id in sorted(set(project_ids) - found.keys()):
        none_yet = database.upsert(session, Budget).values(project_id=project_id)
        session.execute(none_yet.on_conflict_do_nothing())
        found |= _locked(session, [project_id])
    return found


def _locked(session: Session, project_ids: Collection[int]) -> dict[int, int | None]:
    rows = session.connection().execute(_LOCK_BUDGETS, {"these": sorted(project_ids)})
    return {
        row.project_id: budgets.answers_left(
            budgets.Caps(row.max_answers, row.price_per_answer, row.max_cost),
            budgets.Spent(row.answers_spent, row.cost_spent),
        )
        for row in rows
    }


def budget(session: Session, project_id: int) -> Budget | None:
    """Find what a project may spend and has spent."""
    return session.get(Budget, project_id)


def answers_left(budget: Budget | None) -> int | None:
    """Return how many answers the budget still allows; None is no cap."""
    if budget is None:
        return None
    caps = budgets.Caps(budget.max_answers, budget.price_per_answer, budget.max_cost)
    return budgets.answers_left(caps, budgets.Spent(budget.answers_spent, budget.cost_spent))


def people_who_label(session: Session, project_ids: Collection[int]) -> dict[int, int]:
    """Count the members of projects who may sign in; a project without any is left out."""
    found = session.connection().execute(_PEOPLE, {"these": sorted(project_ids)})
    return dict(found.tuples().all())


def active_classes(session: Session, project_id: int) -> list[KnownClass]:
    """List the classes that answers may name, in their order."""
    found = session.connection().execute(_ACTIVE_CLASSES, {"this_project": project_id})
    return [KnownClass(*row) for row in found]


def images_of_members(
    session: Session, user_ids: Collection[int], hashes: Collection[str]
) -> set[tuple[int, str]]:
    """Return which images people have in their projects, as (person, hash)."""
    rows = session.connection().execute(
        _IMAGES_OF_MEMBERS, {"users": sorted(user_ids), "these": sorted(hashes)}
    )
    return {(user_id, sha256) for user_id, sha256 in rows}


def known_images(session: Session, hashes: Collection[str]) -> set[str]:
    """Return which images any project has."""
    return set(session.scalars(select(Image.sha256).where(Image.sha256.in_(sorted(hashes)))))


def free_slot() -> ScalarSelect[Any]:
    """Return the smallest slot of a query that nobody holds or has used, as an expression."""
    taken = table_of(Claim).alias()
    return (
        select(func.min(_SLOTS.c.slot))
        .where(
            _SLOTS.c.slot < _QUERIES.c.overlap,
            ~exists()
            .where(taken.c.query_id == _QUERIES.c.id, taken.c.slot == _SLOTS.c.slot)
            .correlate(_QUERIES, _SLOTS),
        )
        .correlate(_QUERIES)
        .scalar_subquery()
    )


def answered_by(user_id: int | BindParameter[int]) -> ColumnElement[bool]:
    """Return whether somebody's label on a query stands, as an expression.

    Counted, not `EXISTS`, and with `+ 0`, so that Postgres looks at the few labels of each query
    in the order of lending, and never at everything that the person has ever answered.
    """
    labels = (
        select(func.count())
        .select_from(_LABELS)
        .where(
            _LABELS.c.query_id == _QUERIES.c.id,
            _LABELS.c.user_id + 0 == user_id,
            _LABELS.c.undone_at.is_(None),
        )
        .correlate(_QUERIES)
        .scalar_subquery()
    )
    return labels > 0
