"""Who is asking, and what they may: the policies of which every route declares exactly one.

Knows sessions, tokens and roles; nothing of what a route does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar

from fastapi import Request
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.accounts import identification, store
from app.accounts.identification import Actor as Actor
from app.accounts.identification import Found, Shown
from app.errors import AppError, Forbidden, NotFound, NotSignedIn
from app.grouping import Group
from app.words import Role

COOKIE = "cusp_session"
#: Whose page sends a request, as the page knows them.
PAGE_OF = "cusp-user"
Asked = TypeVar("Asked")
Got = TypeVar("Got")
_RANK = {Role.ANNOTATOR: 1, Role.LEAD: 2}


class RoleTooLow(Forbidden):
    """Your role in this project does not allow this; ask an admin of this server."""


class SomebodyElse(NotSignedIn):
    """Somebody else has signed in in this browser; sign in again to send your own answers."""


class AdminsOnly(Forbidden):
    """Only admins of this server may do this."""


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

    async def __call__(self, request: Request) -> Actor | None:
        """Let the request pass and return who asks, or raise the error that says why not."""
        if not self.signed_in or (self.loopback and _from_this_machine(request)):
            return None
        visitor = self.visitor(request)
        return visitor.let_in(await _IDENTIFICATION.ask(visitor.shown))

    def visitor(self, request: Request) -> Visitor:
        """Return what decides whether the request passes, for whoever lets in many at once."""
        project_id = None if self.role is None else _project_id(request)
        return Visitor(self, request, _shown(request, project_id))


@dataclass(frozen=True)
class Visitor:
    """A request of which nobody has found out yet who sends it, and the policy at the door."""

    policy: Policy
    request: Request
    shown: Shown

    def let_in(self, found: Found) -> Actor:
        """Return who asks, or raise the error that says why they may not."""
        self.request.state.actor = found.actor
        _require_own_page(self.request, found.actor)
        if self.policy.admin and not found.actor.is_admin:
            raise AdminsOnly
        if self.policy.role is not None:
            self.request.state.project_id = self.shown.project_id
            self.request.state.role = _at_least(found.role, self.policy.role)
        return found.actor


def admitting(
    work: Callable[[Sequence[tuple[Actor, Asked]]], Sequence[Got | Exception]],
) -> Callable[[Sequence[tuple[Actor | Visitor, Asked]]], list[Got | Exception]]:
    """Turn a group's work for people into work that begins by letting them in.

    Who may not come in gets the error that says why. One look tells who all of them are.
    """

    def admit_and_work(asked: Sequence[tuple[Actor | Visitor, Asked]]) -> list[Got | Exception]:
        seen = _let_in([who for who, _ in asked])
        inside = [
            (actor, what)
            for actor, (_, what) in zip(seen, asked, strict=True)
            if isinstance(actor, Actor)
        ]
        results = iter(work(inside) if inside else [])
        return [next(results) if isinstance(each, Actor) else each for each in seen]

    return admit_and_work


def _let_in(people: Sequence[Actor | Visitor]) -> list[Actor | Exception]:
    shown = [each.shown for each in people if isinstance(each, Visitor)]
    found = iter(identification.identify(shown) if shown else [])
    return [_seen(each, next(found)) if isinstance(each, Visitor) else each for each in people]


def _seen(visitor: Visitor, found: Found | Exception) -> Actor | Exception:
    if isinstance(found, Exception):
        return found
    try:
        return visitor.let_in(found)
    except AppError as error:
        return error


_IDENTIFICATION = Group(identification.identify, concerns_all=(OperationalError,))
public = Policy("public", "anybody", signed_in=False)
signed_in = Policy("signed_in", "everybody who is signed in")
admin = Policy("admin", "admins", admin=True)
annotator = Policy("annotator", "members of the project, and admins", role=Role.ANNOTATOR)
lead = Policy("lead", "leads of the project, and admins", role=Role.LEAD)
admin_or_loopback = Policy(
    "admin_or_loopback", "admins, and programs on the server's machine", admin=True, loopback=True
)


def _require_own_page(request: Request, actor: Actor) -> None:
    """Refuse what a page sends for one person after another has signed in in the same browser.

    Answers wait in the browser, also beyond the end of a session; they belong to who gave them.
    """
    if request.headers.get(PAGE_OF, str(actor.user_id)) != str(actor.user_id):
        raise SomebodyElse


def role_in(session: Session, actor: Actor, project_id: int) -> Role | None:
    """Return the role in which somebody acts in a project; an admin acts as a lead in each."""
    held = identification.roles(session, {(actor, project_id)})
    return held.get((actor.user_id, project_id))


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
    return _at_least(role_in(session, actor, project_id), role)


def _at_least(held: Role | None, role: Role) -> Role:
    if held is None:
        raise NotFound
    if _RANK[held] < _RANK[role]:
        raise RoleTooLow
    return held


def identify(request: Request) -> Actor | None:
    """Return who asks, or None; for the few public pages that greet somebody they know."""
    [found] = identification.identify([_shown(request, None)])
    if isinstance(found, NotSignedIn):
        return None
    if isinstance(found, Exception):
        raise found
    request.state.actor = found.actor
    return found.actor


def _shown(request: Request, project_id: int | None) -> Shown:
    return Shown(
        authorization=request.headers.get("authorization", ""),
        cookie=request.cookies.get(COOKIE, ""),
        project_id=project_id,
    )


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
