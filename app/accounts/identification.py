"""Find out who is behind requests, many at once: by token or by cookie, and in which role.

Knows sessions, tokens and memberships; what a route asks of a person is decided in `auth`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app import database
from app.accounts import secrets, store
from app.accounts.store import Credential
from app.config import config
from app.errors import NotSignedIn
from app.tables import now
from app.words import Role

_TOUCH_TOKEN_AFTER = timedelta(minutes=1)
_EXTEND_SESSION_AFTER = timedelta(hours=1)


class UnknownToken(NotSignedIn):
    """This token is unknown, expired or revoked; make a new one on your account page."""


@dataclass(frozen=True)
class Actor:
    """The person behind a request."""

    user_id: int
    email: str
    name: str
    is_admin: bool
    #: Whether a program asks, with a bearer token, instead of a browser.
    by_token: bool


@dataclass(frozen=True)
class Shown:
    """What a request shows of who sends it, and the project that it is about."""

    #: The header `Authorization`; a request with one has no use for its cookie.
    authorization: str = ""
    cookie: str = ""
    project_id: int | None = None

    @property
    def token_hash(self) -> str:
        """The hash of a bearer token; empty without one."""
        scheme, _, token = self.authorization.partition(" ")
        return secrets.hashed(token.strip()) if scheme.lower() == "bearer" else ""

    @property
    def session_hash(self) -> str:
        """The hash of a browser's session; empty without one."""
        return "" if self.authorization or not self.cookie else secrets.hashed(self.cookie)


@dataclass(frozen=True)
class Found:
    """Who sends a request, and in which role they act in its project."""

    actor: Actor
    role: Role | None


def identify(shown: Sequence[Shown]) -> list[Found | Exception]:
    """Find the people behind requests, or say of each why nobody is found."""
    with database.reading() as session:
        at = now()
        credentials = _credentials(session, shown, at)
        actors = [_actor(each, found) for each, found in zip(shown, credentials, strict=True)]
        results = _with_roles(session, shown, actors)
    for each, found in zip(shown, credentials, strict=True):
        if found is not None:
            _keep_alive(each, found, at)
    return results


def _credentials(session: Session, shown: Sequence[Shown], at: datetime) -> list[Credential | None]:
    hashes = [(each.token_hash, each.session_hash) for each in shown]
    tokens = store.by_tokens(session, {token for token, _ in hashes if token}, at)
    sessions = store.by_sessions(session, {cookie for _, cookie in hashes if cookie}, at)
    return [tokens.get(token) or sessions.get(cookie) for token, cookie in hashes]


def _actor(shown: Shown, found: Credential | None) -> Actor | NotSignedIn:
    if found is None:
        return UnknownToken() if shown.authorization else NotSignedIn()
    by_token = bool(shown.authorization)
    return Actor(found.user_id, found.email, found.name, found.is_admin, by_token)


def _with_roles(
    session: Session, shown: Sequence[Shown], actors: Sequence[Actor | NotSignedIn]
) -> list[Found | Exception]:
    """Add to each person their role in the project that they ask about."""
    asked = {
        (actor, each.project_id)
        for each, actor in zip(shown, actors, strict=True)
        if isinstance(actor, Actor) and each.project_id is not None
    }
    held = roles(session, asked)
    return [
        Found(actor, held.get((actor.user_id, each.project_id or 0)))
        if isinstance(actor, Actor)
        else actor
        for each, actor in zip(shown, actors, strict=True)
    ]


def roles(session: Session, asked: set[tuple[Actor, int]]) -> dict[tuple[int, int], Role]:
    """Return the roles of people in projects, by (person, project); none for what does not exist.

    An admin acts as a lead in each project.
    """
    if not asked:
        return {}
    members = store.memberships(
        session, {actor.user_id for actor, _ in asked}, {project for _, project in asked}
    )
    admins = {(actor.user_id, project) for actor, project in asked if actor.is_admin}
    existing = store.existing_projects(session, {project for _, project in admins})
    led = {(user_id, project): Role.LEAD for user_id, project in admins if project in existing}
    return {**members, **led}


def _keep_alive(shown: Shown, found: Credential, at: datetime) -> None:
    """Note that a token or a session is in use, but not with every request."""
    if shown.authorization:
        if found.last_used_at is None or at - found.last_used_at > _TOUCH_TOKEN_AFTER:
            with database.writing() as ledger:
                store.touch_token(ledger, shown.token_hash, at)
    elif session_end(at) - found.expires_at > _EXTEND_SESSION_AFTER:
        with database.writing() as ledger:
            store.extend_session(ledger, shown.session_hash, session_end(at))


def session_end(at: datetime) -> datetime:
    """Return until when a session that is used now lasts."""
    return at + timedelta(days=config().session_days)
