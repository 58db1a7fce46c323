"""The page on which admins add people, hand over sign-in links, promote and disable."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app import pages as html
from app.accounts import auth, service, store
from app.accounts.auth import Actor
from app.config import config
from app.errors import AppError
from app.tables import User
from app.transactions import Reading, Writing

pages = APIRouter(include_in_schema=False)

Admin = Annotated[Actor, Depends(auth.admin)]
admins = [Depends(auth.admin)]
After = Annotated[int, Query(ge=0, lt=2**31)]
Text = Annotated[str, Form(max_length=1000)]
_PAGE = 100


class Change(StrEnum):
    """What the buttons beside a person do."""

    MAKE_ADMIN = "make-admin"
    UNMAKE_ADMIN = "unmake-admin"
    DISABLE = "disable"
    ENABLE = "enable"


@pages.get("/people", dependencies=admins)
def show_people(request: Request, session: Reading, after: After = 0) -> Response:
    """List everybody on this server."""
    return _people_page(request, session, after=after)


@pages.post("/people")
def add_person(
    actor: Admin,
    request: Request,
    session: Writing,
    email: Text = "",
    name: Text = "",
    is_admin: Annotated[bool, Form()] = False,
) -> Response:
    """Add a person and show the link to hand over, once."""
    try:
        user = service.create_user(
            session, email=email, name=name, is_admin=is_admin, by=actor.user_id
        )
    except AppError as error:
        typed: dict[str, str | bool] = {"email": email, "name": name, "is_admin": is_admin}
        return _people_page(request, session, error=error, typed=typed)
    link = service.create_sign_in_link(session, user.id, by=actor.user_id)
    return _people_page(request, session, link=link, link_for=user)


@pages.post("/people/{user_id}/sign-in-link")
def make_link(user_id: int, actor: Admin, request: Request, session: Writing) -> Response:
    """Make a new one-time link for somebody and show it, once."""
    try:
        link = service.create_sign_in_link(session, user_id, by=actor.user_id)
    except AppError as error:
        return _people_page(request, session, error=error)
    user = service.require_user(session, user_id)
    return _people_page(request, session, link=link, link_for=user)


@pages.post("/people/{user_id}/{change}")
def change_person(
    user_id: int, change: Change, actor: Admin, request: Request, session: Writing
) -> Response:
    """Promote, demote, disable or enable somebody."""
    is_admin = {Change.MAKE_ADMIN: True, Change.UNMAKE_ADMIN: False}.get(change)
    disabled = {Change.DISABLE: True, Change.ENABLE: False}.get(change)
    try:
        service.change_user(
            session, user_id, is_admin=is_admin, disabled=disabled, by=actor.user_id
        )
    except AppError as error:
        return _people_page(request, session, error=error)
    return html.redirect(request, "/people")


def _people_page(
    request: Request,
    session: Session,
    *,
    after: int = 0,
    link: str = "",
    link_for: User | None = None,
    error: AppError | None = None,
    typed: dict[str, str | bool] | None = None,
) -> Response:
    people = store.users(session, after=after, limit=_PAGE + 1)
    return html.render(
        request,
        "accounts/people.html",
        status_code=error.status_code if error else 200,
        people=people[:_PAGE],
        next=people[_PAGE - 1].id if len(people) > _PAGE else None,
        link=service.sign_in_url(link) if link else "",
        link_for=link_for,
        link_hours=config().sign_in_link_hours,
        problem=error.detail if error else "",
        typed=typed or {"email": "", "name": "", "is_admin": False},
    )
