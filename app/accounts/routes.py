"""The REST API of people and tokens."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from app.accounts import auth, service, store
from app.accounts.auth import Actor
from app.accounts.schemas import (
    AddedUser,
    MadeToken,
    NewToken,
    NewUser,
    SignInLinkShape,
    TokenList,
    TokenShape,
    UserChange,
    UserList,
    UserShape,
)
from app.config import config
from app.transactions import Reading, Writing

router = APIRouter(tags=["people and tokens"])

SignedIn = Annotated[Actor, Depends(auth.signed_in)]
Admin = Annotated[Actor, Depends(auth.admin)]
admins = [Depends(auth.admin)]
After = Annotated[int, Query(ge=0, lt=2**31)]
Limit = Annotated[int, Query(ge=1, le=200)]


@router.get("/me")
def show_me(actor: SignedIn, session: Reading) -> UserShape:
    """Say who the session or token belongs to."""
    return UserShape.of(service.require_user(session, actor.user_id))


@router.get("/users", dependencies=admins)
def list_users(session: Reading, after: After = 0, limit: Limit = 50) -> UserList:
    """List people, in the order in which they were added."""
    users = store.users(session, after=after, limit=limit + 1)
    more = len(users) > limit
    items = [UserShape.of(user) for user in users[:limit]]
    return UserList(items=items, next=items[-1].id if more else None)


@router.post("/users", status_code=201)
def add_user(body: NewUser, actor: Admin, session: Writing) -> AddedUser:
    """Add a person and make the one-time link with which they sign in first."""
    user = service.create_user(
        session, email=body.email, name=body.name, is_admin=body.is_admin, by=actor.user_id
    )
    link = service.create_sign_in_link(session, user.id, by=actor.user_id)
    return AddedUser(**UserShape.of(user).model_dump(), sign_in=_link(link))


@router.get("/users/{user_id}", dependencies=admins)
def show_user(user_id: int, session: Reading) -> UserShape:
    """Show a person."""
    return UserShape.of(service.require_user(session, user_id))


@router.patch("/users/{user_id}")
def change_user(user_id: int, body: UserChange, actor: Admin, session: Writing) -> UserShape:
    """Rename, promote or disable a person; the last admin stays one."""
    user = service.change_user(
        session,
        user_id,
        name=body.name,
        is_admin=body.is_admin,
        disabled=body.disabled,
        by=actor.user_id,
    )
    return UserShape.of(user)


@router.post("/users/{user_id}/sign-in-link", status_code=201)
def make_sign_in_link(user_id: int, actor: Admin, session: Writing) -> SignInLinkShape:
    """Make a new one-time link, for somebody new or who lost the password; older ones end."""
    return _link(service.create_sign_in_link(session, user_id, by=actor.user_id))


@router.get("/tokens")
def list_tokens(
    actor: SignedIn, session: Reading, after: After = 0, limit: Limit = 50
) -> TokenList:
    """List your own tokens."""
    tokens = store.tokens(session, actor.user_id, after=after, limit=limit + 1)
    more = len(tokens) > limit
    items = [TokenShape.of(token) for token in tokens[:limit]]
    return TokenList(items=items, next=items[-1].id if more else None)


@router.post("/tokens", status_code=201)
def make_token(body: NewToken, actor: SignedIn, session: Writing) -> MadeToken:
    """Make a token that acts as you; its secret is in this answer and nowhere else."""
    token, secret = service.create_token(
        session, actor.user_id, name=body.name, days=body.days, by_token=actor.by_token
    )
    return MadeToken(**TokenShape.of(token).model_dump(), token=secret)


@router.delete("/tokens/{token_id}", status_code=204)
def revoke_token(token_id: int, actor: SignedIn, session: Writing) -> None:
    """Revoke one of your tokens."""
    service.revoke_token(session, actor.user_id, token_id)


def _link(secret: str) -> SignInLinkShape:
    return SignInLinkShape(
        sign_in_url=service.sign_in_url(secret), hours=config().sign_in_link_hours
    )
