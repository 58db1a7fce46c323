"""Who is asking, and what they may: the policies of which every route declares exactly one.

Knows sessions, tokens and roles; nothing of what a route does.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Request
from sqlalchemy.orm import Session

from app import database
from app.accounts import secrets, store
from app.config import config
from app.errors import Forbidden, NotFound, NotSignedIn
from app.tables import now
from app.words import Role

COOKIE = "cusp_session"
_RANK = {Role.ANNOTATOR: 1, Role.LEAD: 2}
_TOUCH_TOKEN_AFTER = timedelta(minutes=1)
_EXTEND_SESSION_AFTER = timedelta(hours=1)


class UnknownToken(NotSignedIn):
    """This token is unknown, expired or revoked; make a new one on your account page."""


class RoleTooLow(Forbidden):
    """Your role in this project does not allow this; ask an admin of this server."""


class AdminsOnly(Forbidden):
    """Only admins of this server may do this."""


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
class Policy:
    """What a route asks of the person behind a request; used as a FastAPI dependency."""

    name: str
    #: Who passes, in words, for the API reference.
    who: str
    signed_in: bool = True
    admin: bool = False
    #: The least role in the project that the path names.
    role: Role | None = None
    #: Whether somebody on the server's own machine passes without signing in.
    loopback: bool = False

    def __call__(self, request: Request) -> Actor | None:
        """Let the request pass and return who asks, or raise the error that says why not."""
        if not self.signed_in or (self.loopback and _from_this_machine(request)):
            return None
        with database.reading() as session:
            actor = _require_actor(request, session)
            if self.admin and not actor.is_admin:
                raise AdminsOnly
            if self.role is not None:
                project_id = _project_id(request)
                role = require_member(session, actor, project_id, self.role)
                request.state.project_id, request.state.role = project_id, role
        return actor


public = Policy("public", "anybody", signed_in=False)
signed_in = Policy("signed_in", "everybody who is signed in")
admin = Policy("admin", "admins", admin=True)
annotator = Policy("annotator", "members of the project, and admins", role=Role.ANNOTATOR)
lead = Policy("lead", "leads of the project, and admins", role=Role.LEAD)
admin_or_loopback = Policy(
    "admin_or_loopback", "admins, and programs on the server's machine", admin=True, loopback=True
)


def role_in(session: Session, actor: Actor, project_id: int) -> Role | None:
    """Return the role in which somebody acts in a project; an admin acts as a lead in each."""
    if actor.is_admin:
        return Role.LEAD if store.project_exists(session, project_id) else None
    return store.role(session, actor.user_id, project_id)


def reach(
    session: Session, actors: Collection[Actor], project_ids: Collection[int]
) -> set[tuple[int, int]]:
    """Return who may act in which of some existing projects, as (person, project)."""
    members = store.memberships(session, [each.user_id for each in actors], project_ids)
    admins = [each.user_id for each in actors if each.is_admin]
    return {*members, *((user_id, project_id) for user_id in admins for project_id in project_ids)}


def require_member(session: Session, actor: Actor, project_id: int, role: Role) -> Role:
    """Return the actor's role in a project if it is at least `role`.

    A project of others looks like one that does not exist.
    """
    held = role_in(session, actor, project_id)
    if held is None:
        raise NotFound
    if _RANK[held] < _RANK[role]:
        raise RoleTooLow
    return held


def identify(request: Request) -> Actor | None:
    """Return who asks, or None; for the few public pages that greet somebody they know."""
    with database.reading() as session:
        try:
            return _require_actor(request, session)
        except NotSignedIn:
            return None


def _require_actor(request: Request, session: Session) -> Actor:
    """Find the person by token or by cookie; a request with a token has no use for its cookie."""
    authorization = request.headers.get("authorization", "")
    if authorization:
        actor = _by_token(session, authorization)
    else:
        actor = _by_cookie(session, request.cookies.get(COOKIE, ""))
    request.state.actor = actor
    return actor


def _by_token(session: Session, authorization: str) -> Actor:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise UnknownToken
    at, token_hash = now(), secrets.hashed(token.strip())
    found = store.by_token(session, token_hash, at)
    if found is None:
        raise UnknownToken
    if found.last_used_at is None or at - found.last_used_at > _TOUCH_TOKEN_AFTER:
        with database.writing() as ledger:
            store.touch_token(ledger, token_hash, at)
    return _actor(found, by_token=True)


def _by_cookie(session: Session, cookie: str) -> Actor:
    at, session_hash = now(), secrets.hashed(cookie)
    found = store.by_session(session, session_hash, at) if cookie else None
    if found is None:
        raise NotSignedIn
    if session_end(at) - found.expires_at > _EXTEND_SESSION_AFTER:
        with database.writing() as ledger:
            store.extend_session(ledger, session_hash, session_end(at))
    return _actor(found, by_token=False)


def session_end(at: datetime) -> datetime:
    """Return until when a session that is used now lasts."""
    return at + timedelta(days=config().session_days)


def _actor(found: store.Credential, *, by_token: bool) -> Actor:
    user = found.user
    return Actor(user.id, user.email, user.name, user.is_admin, by_token)


def _project_id(request: Request) -> int:
    """Read the path's project; what is no number is no project."""
    text = str(request.path_params["project_id"])
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise NotFound
    return int(text)


def _from_this_machine(request: Request) -> bool:
    """Whether the request comes from this machine itself, and not through a proxy on it."""
    forwarded = {"forwarded", "x-forwarded-for", "x-real-ip"} & set(request.headers.keys())
    client = request.client.host if request.client else ""
    return not forwarded and client in ("127.0.0.1", "::1")
