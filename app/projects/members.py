"""Who works in a project, and as what. Leads add and remove annotators; admins make leads."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.projects import audit, store
from app.projects.errors import LeadsByAdmins, NotAMember, UnknownPerson
from app.projects.schemas import MemberOut, MemberPage
from app.tables import Membership, User
from app.words import Role


def page(session: Session, project_id: int, *, after: int, limit: int) -> MemberPage:
    """List members by user id, with how many answers each gave."""
    rows = store.members(session, project_id, after=after, limit=limit + 1)
    ids = [user.id for _, user in rows]
    answers = store.answers_by_user(session, project_id, ids)
    items = [_shown(member, user, answers.get(user.id, 0)) for member, user in rows[:limit]]
    return MemberPage(items=items, next=items[-1].user_id if len(rows) > limit else None)


def _shown(member: Membership, user: User, answers: int) -> MemberOut:
    return MemberOut(
        user_id=user.id,
        name=user.name,
        email=user.email,
        role=member.role,
        answers=answers,
        disabled=user.disabled_at is not None,
        since=member.created_at,
    )


def put_by_email(
    session: Session, project_id: int, email: str, *, role: Role, by: int | None, is_admin: bool
) -> MemberOut:
    """Give the person with this address a role."""
    user = store.user_by_email(session, email.strip())
    if user is None:
        raise UnknownPerson
    return put(session, project_id, user.id, role=role, by=by, is_admin=is_admin)


def put(
    session: Session, project_id: int, user_id: int, *, role: Role, by: int | None, is_admin: bool
) -> MemberOut:
    """Give somebody a role; the same role again changes nothing."""
    user = store.user(session, user_id)
    if user is None:
        raise UnknownPerson("There is no such person.")
    store.lock_project(session, project_id)
    member = store.membership(session, project_id, user_id)
    held = member.role if member else None
    if not is_admin and held is not role and Role.LEAD in (held, role):
        raise LeadsByAdmins
    if member is None:
        member = Membership(project_id=project_id, user_id=user_id, role=role)
        session.add(member)
    member.role = role
    if held is not role:
        action = "member.changed" if held else "member.added"
        audit.note(session, action, project_id=project_id, by=by, email=user.email, role=role)
    session.flush()
    answers = store.answers_by_user(session, project_id, [user_id])
    return _shown(member, user, answers.get(user_id, 0))


def remove(
    session: Session, project_id: int, user_id: int, *, by: int | None, is_admin: bool
) -> None:
    """Take somebody out of a project; their labels stay, what was lent to them is given back."""
    member = store.membership(session, project_id, user_id)
    user = store.user(session, user_id)
    if member is None or user is None:
        raise NotAMember
    if member.role is Role.LEAD and not is_admin:
        raise LeadsByAdmins
    store.drop_claims(session, project_id, user_id)
    session.delete(member)
    audit.note(session, "member.removed", project_id=project_id, by=by, email=user.email)
    session.flush()
