"""SQL of people and of the ways in which they sign in. Knows no rule."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from app.tables import (
    AuditEntry,
    Membership,
    Project,
    SignInFailure,
    SignInLink,
    SignInSession,
    Token,
    User,
    table_of,
)
from app.words import Role

_MEMBERS = table_of(Membership)
_MEMBERSHIPS = select(_MEMBERS.c.user_id, _MEMBERS.c.project_id, _MEMBERS.c.role).where(
    _MEMBERS.c.user_id.in_(bindparam("users", expanding=True)),
    _MEMBERS.c.project_id.in_(bindparam("projects", expanding=True)),
)

_USERS, _SESSIONS, _TOKENS = table_of(User), table_of(SignInSession), table_of(Token)
_NOW: BindParameter[datetime] = bindparam("now", type_=_TOKENS.c.expires_at.type)
_PERSON = (_USERS.c.id, _USERS.c.email, _USERS.c.name, _USERS.c.is_admin)
_BY_SESSION = (
    select(_SESSIONS.c.hash, *_PERSON, _SESSIONS.c.expires_at)
    .join(_USERS, _USERS.c.id == _SESSIONS.c.user_id)
    .where(
        _SESSIONS.c.hash.in_(bindparam("these", expanding=True)),
        _SESSIONS.c.expires_at > _NOW,
        _USERS.c.disabled_at.is_(None),
    )
)
_BY_TOKEN = (
    select(_TOKENS.c.hash, *_PERSON, _TOKENS.c.expires_at, _TOKENS.c.last_used_at)
    .join(_USERS, _USERS.c.id == _TOKENS.c.user_id)
    .where(
        _TOKENS.c.hash.in_(bindparam("these", expanding=True)),
        _TOKENS.c.expires_at > _NOW,
        _TOKENS.c.revoked_at.is_(None),
        _USERS.c.disabled_at.is_(None),
    )
)


def user(session: Session, user_id: int) -> User | None:
    """Return a person by id."""
    return session.get(User, user_id)


def user_by_email(session: Session, email: str) -> User | None:
    """Return a person by address, which is stored in lower case."""
    return session.scalar(select(User).where(User.email == email.lower()))


def users(session: Session, *, after: int, limit: int) -> list[User]:
    """Return people in the order in which they came."""
    statement = select(User).where(User.id > after).order_by(User.id).limit(limit)
    return list(session.scalars(statement))


def active_admins(session: Session) -> list[User]:
    """Return the admins who may sign in, the first one first.

    On Postgres their rows are locked, so that two admins cannot remove each other at once.
    """
    statement = (
        select(User)
        .where(User.is_admin, User.disabled_at.is_(None))
        .order_by(User.id)
        .with_for_update()
    )
    return list(session.scalars(statement))


def first_admin(session: Session) -> User | None:
    """Return the admin who has been here longest."""
    statement = select(User).where(User.is_admin, User.disabled_at.is_(None)).order_by(User.id)
    return session.scalars(statement.limit(1)).first()


def existing_projects(session: Session, project_ids: Collection[int]) -> set[int]:
    """Return which of some projects exist."""
    if not project_ids:
        return set()
    return set(session.scalars(select(Project.id).where(Project.id.in_(sorted(project_ids)))))


def memberships(
    session: Session, user_ids: Collection[int], project_ids: Collection[int]
) -> dict[tuple[int, int], Role]:
    """Return the roles of several people in several projects, by (person, project)."""
    found = session.connection().execute(
        _MEMBERSHIPS, {"users": sorted(user_ids), "projects": sorted(project_ids)}
    )
    return {(user_id, project_id): role for user_id, project_id, role in found}


@dataclass(frozen=True)
class Credential:
    """A valid session or token, and whose it is."""

    user_id: int
    email: str
    name: str
    is_admin: bool
    expires_at: datetime
    #: Of a token: when it was last used.
    last_used_at: datetime | None = None


def by_sessions(
    session: Session, session_hashes: Collection[str], at: datetime
) -> dict[str, Credential]:
    """Map sessions to whose they are, save those that ended or whose person was disabled."""
    return _credentials(session, _BY_SESSION, session_hashes, at)


def by_tokens(
    session: Session, token_hashes: Collection[str], at: datetime
) -> dict[str, Credential]:
    """Map tokens to whose they are, save those that ended or whose person was disabled."""
    return _credentials(session, _BY_TOKEN, token_hashes, at)


def _credentials(
    session: Session, statement: Select[Any], hashes: Collection[str], at: datetime
) -> dict[str, Credential]:
    if not hashes:
        return {}
    rows = session.connection().execute(statement, {"these": sorted(hashes), "now": at})
    return {row[0]: Credential(*row[1:]) for row in rows}


def add_session(
    session: Session,
    user_id: int,
    session_hash: str,
    *,
    expires_at: datetime,
    by_link: bool = False,
) -> None:
    """Store a browser's session."""
    session.add(
        SignInSession(user_id=user_id, hash=session_hash, expires_at=expires_at, by_link=by_link)
    )


def came_by_link(session: Session, session_hash: str, since: datetime) -> bool:
    """Whether a session was begun by a one-time link, and lately."""
    found = session.get(SignInSession, session_hash)
    return found is not None and found.by_link and found.created_at > since


def extend_session(session: Session, session_hash: str, expires_at: datetime) -> None:
    """Let a session last longer."""
    session.execute(
        update(SignInSession)
        .where(SignInSession.hash == session_hash)
        .values(expires_at=expires_at)
    )


def end_session(session: Session, session_hash: str) -> None:
    """Forget one session."""
    session.execute(delete(SignInSession).where(SignInSession.hash == session_hash))


def end_sessions(session: Session, user_id: int, *, keep: str = "") -> None:
    """Forget all sessions of a person, save one."""
    session.execute(
        delete(SignInSession).where(SignInSession.user_id == user_id, SignInSession.hash != keep)
    )


def add_link(session: Session, user_id: int, link_hash: str, *, expires_at: datetime) -> None:
    """Store a one-time link."""
    session.add(SignInLink(user_id=user_id, hash=link_hash, expires_at=expires_at))


def link_owner(session: Session, link_hash: str, at: datetime) -> User | None:
    """Return whom a link would sign in, or None if it no longer does."""
    return session.scalar(
        select(User)
        .join(SignInLink, SignInLink.user_id == User.id)
        .where(
            SignInLink.hash == link_hash,
            SignInLink.expires_at > at,
            SignInLink.used_at.is_(None),
            User.disabled_at.is_(None),
        )
    )


def use_link(session: Session, link_hash: str, at: datetime) -> bool:
    """Mark a link as used; False if somebody else was faster, or it no longer works."""
    used = session.execute(
        update(SignInLink)
        .where(
            SignInLink.hash == link_hash,
            SignInLink.expires_at > at,
            SignInLink.used_at.is_(None),
        )
        .values(used_at=at)
        .returning(SignInLink.hash)
    )
    return used.first() is not None


def end_links(session: Session, user_id: int) -> None:
    """Forget all links of a person that nobody used yet."""
    session.execute(
        delete(SignInLink).where(SignInLink.user_id == user_id, SignInLink.used_at.is_(None))
    )


def tokens(session: Session, user_id: int, *, after: int = 0, limit: int = 200) -> list[Token]:
    """Return a person's tokens that are not revoked, in the order in which they were made."""
    statement = (
        select(Token)
        .where(Token.user_id == user_id, Token.revoked_at.is_(None), Token.id > after)
        .order_by(Token.id)
        .limit(limit)
    )
    return list(session.scalars(statement))


def token(session: Session, token_id: int) -> Token | None:
    """Return a token by id."""
    return session.get(Token, token_id)


def touch_token(session: Session, token_hash: str, at: datetime) -> None:
    """Note that a token was used."""
    session.execute(update(Token).where(Token.hash == token_hash).values(last_used_at=at))


def revoke_tokens(session: Session, user_id: int, at: datetime) -> None:
    """Revoke all tokens of a person."""
    session.execute(
        update(Token)
        .where(Token.user_id == user_id, Token.revoked_at.is_(None))
        .values(revoked_at=at)
    )


def failures(session: Session, key: str, since: datetime) -> int:
    """Count the failed sign-ins of an account or an address."""
    return (
        session.scalar(
            select(func.count())
            .select_from(SignInFailure)
            .where(SignInFailure.key == key, SignInFailure.at > since)
        )
        or 0
    )


def add_failure(session: Session, key: str, at: datetime) -> None:
    """Note a sign-in that counts as failed until it succeeds."""
    session.add(SignInFailure(key=key, at=at))


def forgive(session: Session, key: str) -> None:
    """Forget all failures of a key."""
    session.execute(delete(SignInFailure).where(SignInFailure.key == key))


def forgive_last(session: Session, key: str) -> None:
    """Forget the newest failure of a key."""
    newest = select(func.max(SignInFailure.id)).where(SignInFailure.key == key).scalar_subquery()
    session.execute(delete(SignInFailure).where(SignInFailure.id == newest))


def forget_expired(session: Session, at: datetime, failures_before: datetime) -> None:
    """Delete sessions, links and failures that no longer matter."""
    session.execute(delete(SignInSession).where(SignInSession.expires_at < at))
    session.execute(delete(SignInLink).where(SignInLink.expires_at < at))
    session.execute(delete(SignInFailure).where(SignInFailure.at < failures_before))


def add_audit(session: Session, by: int | None, action: str, **facts: str | int) -> None:
    """Note who changed what; `by` is None when the command line did it."""
    session.add(AuditEntry(user_id=by, action=action, facts=facts))
