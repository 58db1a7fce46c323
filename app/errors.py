"""Everything that can go wrong on a user's account, each a sentence and a status.

An error's docstring is its message; an instance may say it more exactly. Knows nothing of HTTP
beyond the number.
"""

from __future__ import annotations


class AppError(Exception):
    """Something went wrong."""

    status_code = 500

    def __init__(self, detail: str = "") -> None:
        self.detail = detail or " ".join((self.__doc__ or "").split())
        super().__init__(self.detail)

    @property
    def slug(self) -> str:
        """The error's stable name, for programs: `QueryClosed` is `query-closed`."""
        name = type(self).__name__
        return "".join(f"-{c.lower()}" if c.isupper() else c for c in name).lstrip("-")


class BadRequest(AppError):
    """The request does not make sense; see the detail."""

    status_code = 422


class NotSignedIn(AppError):
    """Sign in first."""

    status_code = 401


class Forbidden(AppError):
    """Your role does not allow this; ask an admin of this server."""

    status_code = 403


class NotFound(AppError):
    """There is nothing here, or you are not a member of it."""

    status_code = 404


class Conflict(AppError):
    """This does not fit what is already there."""

    status_code = 409


class TooLarge(AppError):
    """This is larger than the server takes."""

    status_code = 413


class TooManyAttempts(AppError):
    """Too many failed sign-ins; wait 15 minutes and try again."""

    status_code = 429


class StoreFull(AppError):
    """The disk or the artifact store is full; free some space, then try again."""

    status_code = 507


class ArtifactMissing(AppError):
    """A stored file is gone; restore it from a backup, or import the images again."""

    status_code = 410


class DatabaseNewer(AppError):
    """The database was written by a newer release of Cusp; install that release, or restore a
    backup made before the upgrade.
    """

    status_code = 503


class DatabaseNotMigrated(AppError):
    """The database is older than this release; run `cusp migrate`, then start again."""

    status_code = 503


class AlreadyRunning(AppError):
    """Cusp already runs on this data folder; stop it first, or set CUSP_DATA to another folder."""

    status_code = 409
