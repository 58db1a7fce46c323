"""The session's cookie, and where a browser may be sent after signing in."""

from __future__ import annotations

from typing import TypeVar

from fastapi import Request, Response

from app.accounts.auth import COOKIE
from app.config import config

#: The browser keeps the cookie for long; the server decides how long it means anything.
_MAX_AGE = 400 * 24 * 3600
Answer = TypeVar("Answer", bound=Response)


def give(response: Answer, secret: str) -> Answer:
    """Hand a session's secret to the browser, out of reach of scripts and other sites."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=_MAX_AGE,
        path=_path(),
        secure=_secure(),
        httponly=True,
        samesite="lax",
    )
    return response


def take(response: Answer) -> Answer:
    """Make the browser forget its session."""
    response.delete_cookie(COOKIE, path=_path(), secure=_secure(), httponly=True, samesite="lax")
    return response


def secret(request: Request) -> str:
    """Return the secret that the browser holds, or nothing."""
    return request.cookies.get(COOKIE, "")


def local_path(wanted: str) -> str:
    """Return a path of this server to go to; anything else becomes the start page."""
    local = wanted.startswith("/") and not wanted.startswith(("//", "/\\", "/sign-in"))
    return wanted if local and wanted.isprintable() else "/"


def _path() -> str:
    return config().root_path.rstrip("/") or "/"


def _secure() -> bool:
    return config().base_url.startswith("https:")
