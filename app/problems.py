"""Turns everything that goes wrong into an answer: a problem document (RFC 9457) or a page.

Knows errors and how they look to programs and people; no feature.
"""

from __future__ import annotations

import errno
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DataError, OperationalError
from starlette.exceptions import HTTPException

from app import database, pages
from app.errors import AppError, BadRequest, NotFound, NotSignedIn, StoreFull, TooManyAttempts

_MACHINE_PATHS = ("/api/v1/", "/images/", "/static/", "/healthz", "/readyz", "/metrics")
_log = structlog.get_logger()


class Invalid(BadRequest):
    """Some of what was sent does not fit; see `errors`."""


class MethodNotAllowed(AppError):
    """This address does not take this method."""

    status_code = 405


class Refused(AppError):
    """The server refused this request."""

    status_code = 400


class DatabaseBusy(AppError):
    """The database does not answer at the moment; nothing was stored. Try again in a minute."""

    status_code = 503


class Unstorable(BadRequest):
    """A number or a text in the request is outside of what can be stored."""


class ServerFault(AppError):
    """Something went wrong on the server, and nothing was stored. Its log says more under this
    request's id.
    """


def install(app: FastAPI) -> None:
    """Make an application answer with problems."""
    app.add_exception_handler(AppError, _app_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(OperationalError, _database_error)
    app.add_exception_handler(DataError, _unstorable)
    app.add_exception_handler(OverflowError, _unstorable)
    app.add_exception_handler(OSError, _system_error)


def answer(request: Request, error: AppError, **extra: object) -> Response:
    """Answer with an error: a document for programs, a page for people."""
    if _for_programs(request):
        return _document(request, error, **extra)
    if isinstance(error, NotSignedIn) and "authorization" not in request.headers:
        return _to_sign_in(request)
    return _page(request, error)


def fault(request: Request, error: Exception) -> Response:
    """Answer with an unexpected error, of which the person learns nothing but its number."""
    _log.error("fault", exc_info=error)
    return answer(request, ServerFault())


def request_id(request: Request) -> str:
    """Return the id that the log, the header and the answer share."""
    return getattr(request.state, "request_id", "")


def _for_programs(request: Request) -> bool:
    path = pages.path(request)
    return path.startswith(_MACHINE_PATHS)


def _document(request: Request, error: AppError, **extra: object) -> Response:
    body = {
        "type": f"/problems/{error.slug}",
        "title": _title(error),
        "status": error.status_code,
        "detail": error.detail,
        "instance": request_id(request),
        **extra,
    }
    return JSONResponse(
        body, error.status_code, _headers(error), media_type="application/problem+json"
    )


def _headers(error: AppError) -> dict[str, str]:
    """Say what a program should do next, in the headers that HTTP has for it."""
    if isinstance(error, NotSignedIn):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, TooManyAttempts):
        return {"Retry-After": "900"}
    if error.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
        return {"Retry-After": "5"}
    return {}


def _page(request: Request, error: AppError) -> Response:
    page = pages.render(
        request,
        "problem.html",
        status_code=error.status_code,
        title=_title(error),
        status=error.status_code,
        detail=error.detail,
        request_id=request_id(request),
    )
    page.headers.update(_headers(error))
    return page


def _to_sign_in(request: Request) -> Response:
    """Send a person to the sign-in page, and from there back to where they wanted to go."""
    wanted = pages.path(request)
    if request.method != "GET" or wanted == "/":
        return pages.redirect(request, "/sign-in")
    if request.url.query:
        wanted += f"?{request.url.query}"
    return pages.redirect(request, f"/sign-in?next={pages.quoted(wanted)}")


def _title(error: AppError) -> str:
    """Return the kind of error in two or three words: `QueryClosed` is "Query closed"."""
    return error.slug.replace("-", " ").capitalize()


def _app_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)
    return answer(request, error)


def _validation_error(request: Request, error: Exception) -> Response:
    """Name each field that does not fit, in words, without repeating what was sent."""
    assert isinstance(error, RequestValidationError)
    errors = [
        {
            "field": ".".join(str(part) for part in found["loc"][1:]) or str(found["loc"][0]),
            "problem": found["msg"].removeprefix("Value error, "),
        }
        for found in error.errors()
    ]
    if all(found["loc"][0] == "path" for found in error.errors()):
        return answer(request, NotFound())
    detail = "; ".join(f"{each['field']}: {each['problem']}" for each in errors[:5])
    return answer(request, Invalid(detail), errors=errors)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    found: AppError
    if error.status_code == HTTPStatus.NOT_FOUND:
        found = NotFound()
    elif error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        found = MethodNotAllowed()
    else:
        found = Refused(f"{HTTPStatus(error.status_code).phrase}.")
        found.status_code = error.status_code
    response = answer(request, found)
    response.headers.update(error.headers or {})
    return response


def _database_error(request: Request, error: Exception) -> Response:
    """Tell a full disk from a passing trouble."""
    _log.error("database", exc_info=error)
    return answer(request, StoreFull() if database.is_full(error) else DatabaseBusy())


def _unstorable(request: Request, error: Exception) -> Response:
    """Answer what a database says to a NUL character or a number of a hundred digits."""
    _log.warning("unstorable", kind=type(error).__name__)
    return answer(request, Unstorable())


def _system_error(request: Request, error: Exception) -> Response:
    """Name a full disk; anything else is a fault."""
    assert isinstance(error, OSError)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return answer(request, StoreFull())
    return fault(request, error)
