"""SQL of projects, their classes, settings, budgets, members and audit. Knows no rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.tables import (
    AuditEntry,
    Budget,
    Claim,
    Import,
    Label,
    Membership,
    Project,
    ProjectClass,
    Query,
    Round,
    SettingsVersion,
    User,
)
from app.words import Answer, ProjectState, Role


def project(session: Session, project_id: int) -> Project | None:
    """Find a project."""
    return session.get(Project, project_id)


def lock_project(session: Session, project_id: int) -> Project | None:
    """Find a project and keep other writers of it out until the transaction ends."""
    statement = select(Project).where(Project.id == project_id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def project_named(session: Session, name: str) -> Project | None:
    """Find a project by name, ignoring case."""
    matching = select(Project).where(func.lower(Project.name).in_([name, name.lower()]))
    return session.scalars(matching.limit(1)).one_or_none()


def list_projects(
    session: Session, *, member: int | None, after: int, limit: int
) -> Sequence[Project]:
    """List projects by id: all of them, or those of one member."""
    statement = select(Project).where(Project.id > after).order_by(Project.id).limit(limit)
    if member is not None:
        statement = statement.join(Membership).where(Membership.user_id == member)
    return session.scalars(statement).all()


def roles(session: Session, user_id: int, project_ids: Iterable[int]) -> dict[int, Role]:
    """Return a user's role by project."""
    rows = session.execute(
        select(Membership.project_id, Membership.role).where(
            Membership.user_id == user_id, Membership.project_id.in_(project_ids)
        )
    )
    return {row.project_id: row.role for row in rows}


def only_running_project(session: Session, user_id: int) -> int | None:
    """Return the one running project of somebody who is an annotator everywhere."""
    rows = session.execute(
        select(Project.id, Project.state, Membership.role)
        .join(Membership)
        .where(Membership.user_id == user_id)
    ).all()
    running = [row.id for row in rows if row.state is ProjectState.RUNNING]
    leads = any(row.role is Role.LEAD for row in rows)
    return running[0] if len(running) == 1 and not leads else None


def budgets(session: Session, project_ids: Iterable[int]) -> dict[int, Budget]:
    """Return budgets by project."""
    rows = session.scalars(select(Budget).where(Budget.project_id.in_(project_ids)))
    return {budget.project_id: budget for budget in rows}


def lock_budget(session: Session, project_id: int) -> Budget | None:
    """Find a budget and keep it from being spent until the transaction ends."""
    statement = select(Budget).where(Budget.project_id == project_id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def images(session: Session, project_ids: Iterable[int]) -> dict[int, tuple[int, int, int]]:
    """Return by project: pool images, holdout images, imports under way."""
    under_way = func.count().filter(Import.done_at.is_(None))
    rows = session.execute(
        select(
            Import.project_id,
            func.sum(Import.pool_count),
            func.sum(Import.holdout_count),
            under_way,
        )
        .where(Import.project_id.in_(project_ids))
        .group_by(Import.project_id)
    )
    return {row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in rows}


def class_counts(session: Session, project_ids: Iterable[int]) -> dict[int, int]:
    """Count classes that are not archived, by project."""
    return _counts(
        session,
        select(ProjectClass.project_id, func.count())
        .where(ProjectClass.project_id.in_(project_ids), ProjectClass.archived_at.is_(None))
        .group_by(ProjectClass.project_id),
    )


def people_counts(session: Session, project_ids: Iterable[int]) -> dict[int, int]:
    """Count members by project."""
    return _counts(
        session,
        select(Membership.project_id, func.count())
        .where(Membership.project_id.in_(project_ids))
        .group_by(Membership.project_id),
    )


def last_evaluated(session: Session, project_ids: Iterable[int]) -> dict[int, Round]:
    """Return by project the newest round whose learner was measured on the holdout."""
    newest = (
        select(func.max(Round.id))
        .where(Round.project_id.in_(project_ids), Round.holdout_count > 0)
        .group_by(Round.project_id)
    )
    rows = session.scalars(select(Round).where(Round.id.in_(newest)))
    return {each.project_id: each for each in rows}


def has_queries(session: Session, project_id: int) -> bool:
    """Whether anything was ever posed."""
    found = select(Query.id).where(Query.project_id == project_id).limit(1)
    return session.scalar(found) is not None


def has_imports(session: Session, project_id: int) -> bool:
    """Whether images were imported or are being imported."""
    found = select(Import.id).where(
        Import.project_id == project_id, (Import.pool_count > 0) | Import.done_at.is_(None)
    )
    return session.scalar(found.limit(1)) is not None


def classes(session: Session, project_id: int) -> Sequence[ProjectClass]:
    """List a project's classes in their order, archived ones included."""
    return session.scalars(
        select(ProjectClass)
        .where(ProjectClass.project_id == project_id)
        .order_by(ProjectClass.position, ProjectClass.id)
    ).all()


def answers_by_class(session: Session, project_id: int) -> dict[int, int]:
    """Count the answers that name each class."""
    return _counts(
        session,
        select(Label.class_id, func.count())
        .where(
            Label.project_id == project_id,
            Label.undone_at.is_(None),
            Label.class_id.is_not(None),
        )
        .group_by(Label.class_id),
    )


def members(
    session: Session, project_id: int, *, after: int, limit: int
) -> Sequence[tuple[Membership, User]]:
    """List members with their accounts, by user id."""
    rows = session.execute(
        select(Membership, User)
        .join(User, User.id == Membership.user_id)
        .where(Membership.project_id == project_id, Membership.user_id > after)
        .order_by(Membership.user_id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def answers_by_user(session: Session, project_id: int, user_ids: Iterable[int]) -> dict[int, int]:
    """Count the answers each person gave, without skips."""
    return _counts(
        session,
        select(Label.user_id, func.count())
        .where(
            Label.project_id == project_id,
            Label.user_id.in_(user_ids),
            Label.undone_at.is_(None),
            Label.answer != Answer.SKIP,
        )
        .group_by(Label.user_id),
    )


def membership(session: Session, project_id: int, user_id: int) -> Membership | None:
    """Find somebody's membership."""
    return session.get(Membership, (project_id, user_id))


def user(session: Session, user_id: int) -> User | None:
    """Find a person."""
    return session.get(User, user_id)


def user_by_email(session: Session, email: str) -> User | None:
    """Find a person by address, ignoring case."""
    return session.scalars(
        select(User).where(func.lower(User.email) == email.lower()).limit(1)
    ).one_or_none()


def addresses_outside(session: Session, project_id: int) -> Sequence[str]:
    """List the addresses of people who may sign in and are not members yet."""
    inside = select(Membership.user_id).where(Membership.project_id == project_id)
    return session.scalars(
        select(User.email)
        .where(User.disabled_at.is_(None), User.id.not_in(inside))
        .order_by(User.email)
        .limit(200)
    ).all()


def names(session: Session, user_ids: Iterable[int | None]) -> dict[int, str]:
    """Return people's names."""
    wanted = {each for each in user_ids if each is not None}
    rows = session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def drop_claims(session: Session, project_id: int, user_id: int) -> None:
    """Give back the queries lent to somebody that they have not answered."""
    session.execute(
        delete(Claim).where(
            Claim.project_id == project_id,
            Claim.user_id == user_id,
            Claim.expires_at.is_not(None),
        )
    )


def settings_versions(
    session: Session, project_id: int, *, before: int | None, limit: int
) -> Sequence[SettingsVersion]:
    """List versions, newest first; with `before`, those that are older."""
    statement = select(SettingsVersion).where(SettingsVersion.project_id == project_id)
    if before is not None:
        statement = statement.where(SettingsVersion.version < before)
    return session.scalars(statement.order_by(SettingsVersion.version.desc()).limit(limit)).all()


def add_audit(
    session: Session,
    action: str,
    *,
    project_id: int | None,
    user_id: int | None,
    facts: dict[str, Any] | None = None,
) -> None:
    """Note who did what."""
    session.add(
        AuditEntry(project_id=project_id, user_id=user_id, action=action, facts=facts or {})
    )


def audit(
    session: Session, project_id: int, *, before: int | None, limit: int
) -> Sequence[AuditEntry]:
    """List a project's entries, newest first; with `before`, those that are older."""
    statement = select(AuditEntry).where(AuditEntry.project_id == project_id)
    if before is not None:
        statement = statement.where(AuditEntry.id < before)
    return session.scalars(statement.order_by(AuditEntry.id.desc()).limit(limit)).all()


def _counts(session: Session, statement: Any) -> dict[int, int]:
    return {key: int(count) for key, count in session.execute(statement)}
