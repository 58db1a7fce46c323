"""What can go wrong with accounts, each a sentence and a status."""

from __future__ import annotations

from app.errors import AppError, BadRequest, Conflict, Forbidden, NotFound


class BadEmail(BadRequest):
    """This is not an email address; it should look like name@example.org."""


class BadName(BadRequest):
    """A name has 1 to 100 printable characters."""


class BadPassword(BadRequest):
    """A password has 10 to 200 characters; a few words in a row are easy to remember."""


class PasswordIsEmail(BadRequest):
    """Choose a password that is not your email address."""


class WrongCredentials(AppError):
    """The email or the password is wrong."""

    status_code = 401


class WrongPassword(BadRequest):
    """The current password is wrong."""


class EmailTaken(Conflict):
    """There is already somebody with this email address."""


class LastAdmin(Conflict):
    """This is the last admin; make somebody else an admin first."""


class UserDisabled(Conflict):
    """This person is disabled and cannot sign in; enable them first."""


class UnknownUser(NotFound):
    """There is nobody with this id."""


class UnknownAccessToken(NotFound):
    """You have no token with this id."""


class LinkUsedUp(AppError):
    """This sign-in link was used already, or is too old. Ask an admin for a new one."""

    status_code = 410


class TokenNeedsBrowser(Forbidden):
    """A token cannot make another token; sign in with a browser and do it on your account page."""


class TooManyTokens(Conflict):
    """You have 50 tokens, which is the most; revoke one first."""
