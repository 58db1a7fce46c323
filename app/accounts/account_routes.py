"""The page on which people look after their own account: name, password, tokens, browsers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app import pages as html
from app.accounts import auth, cookies, service, sign_in, store
from app.accounts.auth import Actor
from app.errors import AppError
from app.tables import User
from app.transactions import Reading, Writing

pages = APIRouter(include_in_schema=False)

SignedIn = Annotated[Actor, Depends(auth.signed_in)]
Text = Annotated[str, Form(max_length=1000)]
_SAVED = {
    "name": "Your name is changed.",
    "password": "Your password is changed; other browsers are signed out.",
    "token": "The token is revoked.",
    "sessions": "All other browsers are signed out.",
}


@pages.get("/account/password")
def show_password(actor: SignedIn, request: Request, session: Reading) -> Response:
    """Offer somebody who came by link to choose a password."""
    return _password_page(request, service.require_user(session, actor.user_id))


@pages.post("/account/password")
def choose_password(
    actor: SignedIn, request: Request, session: Writing, new: Text = ""
) -> Response:
    """Set the password of somebody who came by link."""
    user = service.require_user(session, actor.user_id)
    try:
        sign_in.change_password(session, user, cookies.secret(request), current="", new=new)
    except AppError as error:
        return _password_page(request, user, error)
    return html.redirect(request, "/")


@pages.get("/account")
def show_account(actor: SignedIn, request: Request, session: Reading, saved: str = "") -> Response:
    """Show name, password, tokens and sessions."""
    return _account_page(request, session, actor, done=_SAVED.get(saved, ""))


@pages.post("/account/name")
def change_name(actor: SignedIn, request: Request, session: Writing, name: Text = "") -> Response:
    """Take another name."""
    try:
        service.change_user(session, actor.user_id, name=name)
    except AppError as error:
        return _account_page(request, session, actor, problem=("name", error))
    return html.redirect(request, "/account?saved=name")


@pages.post("/account/change-password")
def change_password(
    actor: SignedIn, request: Request, session: Writing, current: Text = "", new: Text = ""
) -> Response:
    """Take another password; other browsers are signed out."""
    user = service.require_user(session, actor.user_id)
    secret = cookies.secret(request)
    try:
        sign_in.change_password(session, user, secret, current=current, new=new)
    except AppError as error:
        return _account_page(request, session, actor, problem=("password", error))
    return html.redirect(request, "/account?saved=password")


@pages.post("/account/tokens")
def make_token(
    actor: SignedIn,
    request: Request,
    session: Writing,
    name: Text = "",
    days: Annotated[int, Form(ge=1, le=366)] = 90,
) -> Response:
    """Make a token and show its secret, once."""
    try:
        _, secret = service.create_token(
            session, actor.user_id, name=name, days=days, by_token=actor.by_token
        )
    except AppError as error:
        return _account_page(request, session, actor, problem=("token", error))
    return _account_page(request, session, actor, token=secret)


@pages.post("/account/tokens/{token_id}/revoke")
def revoke_token(token_id: int, actor: SignedIn, request: Request, session: Writing) -> Response:
    """Revoke a token."""
    service.revoke_token(session, actor.user_id, token_id)
    return html.redirect(request, "/account?saved=token")


@pages.post("/account/sign-out-others")
def leave_elsewhere(actor: SignedIn, request: Request, session: Writing) -> Response:
    """End the sessions of all other browsers."""
    sign_in.end_other_sessions(session, actor.user_id, cookies.secret(request))
    return html.redirect(request, "/account?saved=sessions")


def _password_page(request: Request, user: User, error: AppError | None = None) -> Response:
    return html.render(
        request,
        "accounts/password.html",
        status_code=error.status_code if error else 200,
        has_password=user.password_hash is not None,
        problem=error.detail if error else "",
    )


def _account_page(
    request: Request,
    session: Session,
    actor: Actor,
    *,
    problem: tuple[str, AppError] | None = None,
    token: str = "",
    done: str = "",
) -> Response:
    """Show the account; a problem names the form that it belongs to."""
    user = service.require_user(session, actor.user_id)
    return html.render(
        request,
        "accounts/account.html",
        status_code=problem[1].status_code if problem else 200,
        user=user,
        tokens=store.tokens(session, actor.user_id),
        asks_for_current=sign_in.asks_for_current(session, user, cookies.secret(request)),
        token=token,
        problem_in=problem[0] if problem else "",
        problem=problem[1].detail if problem else "",
        done=done,
    )
