"""The rules of accounts: who is added, promoted, disabled; and the tokens of programs."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import secrets, sign_in, store
from app.accounts.errors import (
    BadEmail,
    BadName,
    EmailTaken,
    LastAdmin,
    TokenNeedsBrowser,
    TooManyTokens,
    UnknownAccessToken,
    UnknownUser,
    UserDisabled,
)
from app.config import config
from app.tables import Token, User, now

_MOST_TOKENS = 50


def create_user(
    session: Session, *, email: str, name: str, is_admin: bool, by: int | None = None
) -> User:
    """Add a person, who then needs a sign-in link; `by` is the admin who does it."""
    user = User(email=_email(email), name=_name(name), is_admin=is_admin)
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError:
        raise EmailTaken from None
    store.add_audit(session, by, "user_added", about=user.id)
    return user


def require_user(session: Session, user_id: int) -> User:
    """Return a person, or raise."""
    user = store.user(session, user_id)
    if user is None:
        raise UnknownUser
    return user


def find_by_email(session: Session, email: str) -> User:
    """Return a person by address, or raise."""
    user = store.user_by_email(session, email.strip())
    if user is None:
        raise UnknownUser(f"There is nobody with the email address {email.strip()}.")
    return user


def first_admin(session: Session) -> User | None:
    """Return the admin who has been here longest, or None on a fresh server."""
    return store.first_admin(session)


def create_sign_in_link(session: Session, user_id: int, *, by: int | None = None) -> str:
    """Return a new one-time link's secret; older links of the person stop working."""
    user = require_user(session, user_id)
    if user.disabled_at is not None:
        raise UserDisabled
    link = secrets.make()
    store.end_links(session, user_id)
    store.add_link(session, user_id, secrets.hashed(link), expires_at=sign_in.link_end(now()))
    store.add_audit(session, by, "sign_in_link_made", about=user_id)
    return link


def sign_in_url(link: str) -> str:
    """Return the address to hand over for a link's secret."""
    return f"{config().base_url}/sign-in/{link}"


def change_user(
    session: Session,
    user_id: int,
    *,
    name: str | None = None,
    is_admin: bool | None = None,
    disabled: bool | None = None,
    by: int | None = None,
) -> User:
    """Change what is given; one admin who may sign in always stays."""
    user = require_user(session, user_id)
    if name is not None:
        user.name = _name(name)
    if disabled is not None and disabled != (user.disabled_at is not None):
        _set_disabled(session, user, disabled=disabled)
        action = "user_disabled" if disabled else "user_enabled"
        store.add_audit(session, by, action, about=user_id)
    if is_admin is not None and is_admin != user.is_admin:
        _set_admin(session, user, is_admin=is_admin)
        action = "admin_made" if is_admin else "admin_unmade"
        store.add_audit(session, by, action, about=user_id)
    return user


def _set_disabled(session: Session, user: User, *, disabled: bool) -> None:
    """Lock somebody out of everything at once, or let them in again; their labels stay."""
    if not disabled:
        user.disabled_at = None
        return
    _require_another_admin(session, user.id)
    store.end_sessions(session, user.id)
    store.end_links(session, user.id)
    store.revoke_tokens(session, user.id, now())
    user.disabled_at = now()


def _set_admin(session: Session, user: User, *, is_admin: bool) -> None:
    if not is_admin:
        _require_another_admin(session, user.id)
    user.is_admin = is_admin


def _require_another_admin(session: Session, user_id: int) -> None:
    admins = store.active_admins(session)
    if [admin.id for admin in admins] == [user_id]:
        raise LastAdmin


def create_token(
    session: Session, user_id: int, *, name: str, days: int, by_token: bool
) -> tuple[Token, str]:
    """Make a token and return it with its secret, which nobody can read again."""
    if by_token:
        raise TokenNeedsBrowser
    if len(store.tokens(session, user_id, limit=_MOST_TOKENS)) >= _MOST_TOKENS:
        raise TooManyTokens
    prefix = secrets.make_prefix()
    secret = f"cusp_{prefix}_{secrets.make()}"
    token = Token(
        user_id=user_id,
        name=_name(name),
        prefix=prefix,
        hash=secrets.hashed(secret),
        expires_at=now() + timedelta(days=days),
    )
    session.add(token)
    session.flush()
    store.add_audit(session, user_id, "token_made", token_id=token.id)
    return token, secret


def revoke_token(session: Session, user_id: int, token_id: int) -> None:
    """Make a token of the person useless; doing it twice is fine."""
    token = store.token(session, token_id)
    if token is None or token.user_id != user_id:
        raise UnknownAccessToken
    if token.revoked_at is None:
        token.revoked_at = now()
        store.add_audit(session, user_id, "token_revoked", token_id=token_id)


def _email(text: str) -> str:
    """Return an address as it is stored: in lower case; only its general shape is checked."""
    email = text.strip().lower()
    name, at, place = email.rpartition("@")
    fits = len(email) <= 254 and email.isprintable() and " " not in email
    if not (name and at and place and fits) or "@" in name:
        raise BadEmail
    return email


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not 1 <= len(name) <= 100 or not name.isprintable():
        raise BadName
    return name
