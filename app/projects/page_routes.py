"""The pages on which projects are listed, created and set up."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from app import pages as html
from app.accounts import auth
from app.accounts.auth import Actor
from app.errors import NotFound
from app.projects import home_page, settings_page, store
from app.transactions import Reading

pages = APIRouter(include_in_schema=False)


@pages.get("/")
def home(
    request: Request,
    actor: Annotated[Actor, Depends(auth.signed_in)],
    session: Reading,
    after: Annotated[int, Query(ge=0, lt=2**31)] = 0,
) -> Response:
    """List your projects; with a single one to label, go there at once."""
    straight = None if actor.is_admin else store.only_running_project(session, actor.user_id)
    if straight is not None:
        return html.redirect(request, f"/projects/{straight}/label")
    member = None if actor.is_admin else actor.user_id
    rows, following = home_page.rows(session, member=member, after=after)
    return html.render(request, "projects/home.html", rows=rows, following=following, after=after)


@pages.get("/projects/new", dependencies=[Depends(auth.admin)])
def new_project(request: Request) -> Response:
    """Show the form for a new project."""
    return html.render(request, "projects/new.html", **settings_page.new_context())


@pages.get("/projects/{project_id}/settings")
def settings(
    request: Request,
    actor: Annotated[Actor, Depends(auth.lead)],
    session: Reading,
    project_id: int,
    history: Annotated[int, Query(ge=1, le=200)] = 8,
) -> Response:
    """Show everything that leads and admins set up."""
    project = store.project(session, project_id)
    if project is None:
        raise NotFound
    context = settings_page.context(session, actor, project, history=history)
    return html.render(request, "projects/settings.html", **context)
