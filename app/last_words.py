"""The sentence with which a command ends that cannot go on.

Knows the troubles that a person can end: settings, folders, disks, databases. Anything else is a
fault of the program, for which there is no sentence.
"""

from __future__ import annotations

import errno

from pydantic import ValidationError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from app import database
from app.config import Config, config
from app.errors import AppError, StoreFull

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
_NO_FOLDER = (errno.ENOTDIR, errno.EEXIST)


def last_words(error: BaseException) -> str | None:
    """Say what went wrong and what to do about it, or return None."""
    match error:
        case AppError():
            return error.detail
        case ValidationError() if error.title == Config.__name__:
            return _setting(error)
        case ArgumentError():
            return database.UnknownDatabase().detail
        case DatabaseError():
            return _database(error)
        case OSError():
            return _system(error)
        case _:
            return None


def _setting(error: ValidationError) -> str:
    """Name each setting that does not fit, as the environment calls it."""
    told = []
    for found in error.errors(include_url=False):
        name = str(found["loc"][0])
        variable = name if name.isupper() else f"CUSP_{name.upper()}"
        told.append(f"{variable} cannot be {str(found['input'])!r}: {_lowered(found['msg'])}.")
    return " ".join(told)


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _database(error: DatabaseError) -> str:
    if database.is_full(error):
        return StoreFull().detail
    if config().on_sqlite:
        return _sqlite(error, config().database.removeprefix("sqlite:///"))
    if not isinstance(error, OperationalError):
        return f"The database refused: {_first_line(error)}"
    where = make_url(config().database).render_as_string(hide_password=True)
    return (
        f"The database {where} does not answer: {_first_line(error)} Start it, or set"
        " CUSP_DATABASE_URL to where it is."
    )


def _sqlite(error: DatabaseError, path: str) -> str:
    said = str(error.orig).lower()
    if "not a database" in said or "malformed" in said:
        return f"The database {path} is damaged; restore it from a backup."
    if "unable to open" in said or "readonly" in said:
        return _may_not_write(path)
    return f"The database {path} cannot be used: {_first_line(error)}"


def _first_line(error: DatabaseError) -> str:
    return str(error.orig).strip().partition("\n")[0].rstrip(".") + "."


def _system(error: OSError) -> str | None:
    where = error.filename or config().data
    if error.errno in _FULL:
        return StoreFull().detail
    if error.errno in _FORBIDDEN:
        return _may_not_write(where)
    if error.errno in _NO_FOLDER:
        return f"{where} is no folder; set CUSP_DATA to a folder, or to where one may be made."
    return None


def _may_not_write(where: object) -> str:
    return (
        f"{where} may not be read or written by this user; give it the right, or set CUSP_DATA to"
        " another folder."
    )
