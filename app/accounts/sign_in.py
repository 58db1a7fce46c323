"""Signing in and out: attempts and their limit, one-time links, browsers' sessions, passwords.

Knows accounts; nothing of cookies or pages.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.accounts import identification, passwords, secrets, store
from app.accounts.errors import LinkUsedUp, WrongCredentials, WrongPassword
from app.config import config
from app.errors import TooManyAttempts
from app.tables import User, now

_WINDOW = timedelta(minutes=15)
#: How long after signing in by link a new password needs no old one.
_FRESH = timedelta(minutes=30)


def note_attempt(session: Session, email: str, address: str) -> None:
    """Count an attempt against its account and its address, or raise `TooManyAttempts`.

    It is counted before the password is looked at, so that many attempts at once are counted too.
    """
    at = now()
    keys = _keys(email, address)
    for key in keys:
        if store.failures(session, key, at - _WINDOW) >= config().sign_in_attempts:
            raise TooManyAttempts
    for key in keys:
        store.add_failure(session, key, at)


def check_password(session: Session, email: str, password: str) -> User:
    """Return whose email and password these are; as slow for a stranger as for a member."""
    user = store.user_by_email(session, email.strip())
    stored = user.password_hash if user and user.disabled_at is None else None
    if not passwords.matches(password, stored) or user is None:
        raise WrongCredentials
    return user


def forgive(session: Session, email: str, address: str) -> None:
    """Take back what `note_attempt` counted, since the attempt succeeded."""
    account, place = _keys(email, address)
    store.forgive(session, account)
    store.forgive_last(session, place)


def open_session(session: Session, user_id: int, *, by_link: bool = False) -> str:
    """Begin a browser's session and return its secret; old leftovers are deleted on the way."""
    at, secret = now(), secrets.make()
    store.forget_expired(session, at, at - _WINDOW)
    store.add_session(
        session,
        user_id,
        secrets.hashed(secret),
        expires_at=identification.session_end(at),
        by_link=by_link,
    )
    return secret


def end_session(session: Session, secret: str) -> None:
    """End a browser's session."""
    store.end_session(session, secrets.hashed(secret))


def end_other_sessions(session: Session, user_id: int, secret: str) -> None:
    """End all sessions of a person save the one that asks."""
    store.end_sessions(session, user_id, keep=secrets.hashed(secret))


def link_owner(session: Session, link: str) -> User:
    """Return whom a one-time link signs in, without using it up."""
    user = store.link_owner(session, secrets.hashed(link), now())
    if user is None:
        raise LinkUsedUp
    return user


def use_link(session: Session, link: str) -> User:
    """Use a one-time link up and return whom it signs in."""
    user = link_owner(session, link)
    if not store.use_link(session, secrets.hashed(link), now()):
        raise LinkUsedUp
    return user


def change_password(session: Session, user: User, secret: str, *, current: str, new: str) -> None:
    """Set a person's password and end their other browsers' sessions."""
    if asks_for_current(session, user, secret) and not passwords.matches(
        current, user.password_hash
    ):
        raise WrongPassword
    passwords.require_good(new, user.email)
    user.password_hash = passwords.hashed(new)
    end_other_sessions(session, user.id, secret)
    store.add_audit(session, user.id, "password_changed", about=user.id)


def asks_for_current(session: Session, user: User, secret: str) -> bool:
    """Whether a new password needs the old one; a person who came by link may have lost it."""
    if user.password_hash is None:
        return False
    return not store.came_by_link(session, secrets.hashed(secret), now() - _FRESH)


def _keys(email: str, address: str) -> tuple[str, str]:
    return f"account:{email.strip().lower()[:254]}", f"address:{address[:45]}"


def link_end(at: datetime) -> datetime:
    """Return until when a one-time link made now works."""
    return at + timedelta(hours=config().sign_in_link_hours)
