"""HTML pages: Jinja templates and the few things that each of them may use. Knows no feature."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

_ROOT = Path(__file__).parent.parent
STATIC = _ROOT / "static"


@lru_cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(
    request: Request, template: str, *, status_code: int = 200, **context: object
) -> HTMLResponse:
    """Return a page; besides the context it sees `actor`, `url`, `static` and the open project."""
    page = _environment().get_template(template).render(**_globals(request), **context)
    return HTMLResponse(page, status_code, headers={"Cache-Control": "no-store"})


def redirect(request: Request, to: str) -> RedirectResponse:
    """Send the browser to another page of Cusp, by GET."""
    return RedirectResponse(url(request, to), status_code=303)


def url(request: Request, to: str) -> str:
    """Return a path as the browser must ask for it, also under a proxy's sub-path."""
    return f"{request.scope.get('root_path', '').rstrip('/')}{to}"


def path(request: Request) -> str:
    """Return the request's path without the proxy's sub-path."""
    root = request.scope.get("root_path", "").rstrip("/")
    return str(request.scope["path"]).removeprefix(root) or "/"


def quoted(text: str) -> str:
    """Return a text as the value of a query parameter."""
    return quote(text, safe="/")


def _globals(request: Request) -> dict[str, Any]:
    """Collect what every template may use.

    `member_of` and `member_role` are the project and the role that the route's policy has checked.
    """
    state = request.state
    link: Callable[[str], str] = lambda to: url(request, to)  # noqa: E731 - bound to a request
    return {
        "actor": getattr(state, "actor", None),
        "member_of": getattr(state, "project_id", None),
        "member_role": getattr(state, "role", None),
        "here": path(request),
        "url": link,
        "static": lambda name: link(f"/static/{name}?v={_version(name)}"),
    }


def _version(name: str) -> str:
    """Return a name for a static file's content, so that browsers may keep it for long."""
    file = STATIC / name
    return _hash(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _hash(file: Path, _changed: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]
