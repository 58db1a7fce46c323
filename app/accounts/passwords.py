"""Passwords: what one may be, how it is stored and checked. Knows no table."""

from __future__ import annotations

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from app.accounts.errors import BadPassword, PasswordIsEmail

#: argon2id with the parameters of OWASP's password storage cheat sheet.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
#: So that a burst of sign-ins takes neither all cores nor all memory.
_AT_ONCE = BoundedSemaphore(2)
#: Checked when there is no such account, so that the answer takes as long.
_NOBODY = _HASHER.hash("nobody has this password")


def require_good(password: str, email: str) -> None:
    """Raise unless a password may be used."""
    if not 10 <= len(password) <= 200:
        raise BadPassword
    if password.strip().lower() == email:
        raise PasswordIsEmail


def hashed(password: str) -> str:
    """Return what is stored instead of a password."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def matches(password: str, stored: str | None) -> bool:
    """Whether a password is the stored one; takes as long when nothing is stored."""
    with _AT_ONCE:
        try:
            return _HASHER.verify(stored or _NOBODY, password) and stored is not None
        except (VerifyMismatchError, InvalidHashError):
            return False
