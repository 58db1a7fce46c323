"""Pages on which people sign in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from app import database
from app import pages as html
from app.accounts import auth, cookies, sign_in
from app.accounts.errors import WrongCredentials
from app.errors import AppError, TooManyAttempts
from app.transactions import Reading, Writing

pages = APIRouter(include_in_schema=False)

anybody = [Depends(auth.public)]
Text = Annotated[str, Form(max_length=1000)]


@pages.get("/sign-in", dependencies=anybody)
def show_sign_in(request: Request, next: str = "/") -> Response:
    """Ask for email and password, unless the browser is signed in already."""
    if auth.identify(request):
        return html.redirect(request, cookies.local_path(next))
    return _sign_in_page(request, next=next)


@pages.post("/sign-in", dependencies=anybody)
def enter(
    request: Request,
    reading: Reading,
    session: Writing,
    email: Text = "",
    password: Text = "",
    next: Text = "/",
) -> Response:
    """Sign in with email and password."""
    address = request.client.host if request.client else ""
    try:
        with database.writing() as attempts:
            sign_in.note_attempt(attempts, email, address)
        user = sign_in.check_password(reading, email, password)
    except (WrongCredentials, TooManyAttempts) as error:
        return _sign_in_page(request, next=next, email=email, error=error)
    sign_in.forgive(session, email, address)
    secret = sign_in.open_session(session, user.id)
    return cookies.give(html.redirect(request, cookies.local_path(next)), secret)


@pages.get("/sign-in/{link}", dependencies=anybody)
def show_link(link: str, request: Request, session: Reading) -> Response:
    """Show whom a one-time link signs in; only the button uses it up, not a preview of it."""
    user = sign_in.link_owner(session, link)
    return html.render(request, "accounts/link.html", link=link, user=user)


@pages.post("/sign-in/{link}", dependencies=anybody)
def enter_by_link(link: str, request: Request, session: Writing) -> Response:
    """Sign in with a one-time link; who needed one may have no password, or have lost it."""
    user = sign_in.use_link(session, link)
    secret = sign_in.open_session(session, user.id, by_link=True)
    return cookies.give(html.redirect(request, "/account/password"), secret)


@pages.post("/sign-out", dependencies=anybody)
def leave(request: Request, session: Writing) -> RedirectResponse:
    """End this browser's session, and forget it even if it ended before."""
    sign_in.end_session(session, cookies.secret(request))
    return cookies.take(html.redirect(request, "/sign-in"))


def _sign_in_page(
    request: Request, *, next: str, email: str = "", error: AppError | None = None
) -> Response:
    return html.render(
        request,
        "accounts/sign_in.html",
        status_code=error.status_code if error else 200,
        problem=error.detail if error else "",
        email=email,
        next=cookies.local_path(next),
    )
