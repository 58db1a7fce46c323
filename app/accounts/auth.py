"""Who is asking, and what they may: the policies of which every route declares exactly one.

Knows sessions, tokens and roles; nothing of what a route does.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from fastapi import Request
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.accounts import identification, store
from app.accounts.identification import Actor as Actor
from app.accounts.identification import Shown
from app.errors import Forbidden, NotFound, NotSignedIn
from app.grouping import Group
from app.words import Role

COOKIE = "cusp_session"
#: Whose page sends a request, as the page knows them.
PAGE_OF = "cusp-user"
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
        project_id = None if self.role is None else _project_id(request)
        found = await _IDENTIFICATION.ask(_shown(request, project_id))
        request.state.actor = found.actor
        _require_own_page(request, found.actor)
        if self.admin and not found.actor.is_admin:
            raise AdminsOnly
        if self.role is not None:
            request.state.project_id = project_id
            request.state.role = _at_least(found.role, self.role)
        return found.actor


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
