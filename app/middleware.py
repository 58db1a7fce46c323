"""What surrounds every request: an id and a log line, who may call, how much they may send.

Pure ASGI, so that streams stay streams. Knows no feature.
"""

from __future__ import annotations

import re
import time
from functools import lru_cache
from secrets import token_hex
from urllib.parse import SplitResult, urlsplit

import structlog
from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import pages, problems
from app.accounts import auth
from app.config import config
from app.errors import AppError, Forbidden, TooLarge
from app.health import metrics

_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
#: Others are possible; whoever sends them should not fill the metrics with names.
_METHODS = (*_SAFE_METHODS, "POST", "PUT", "PATCH", "DELETE")
_PROBES = ("/healthz", "/readyz")
_SMALL_BODY = 4 * 1024 * 1024
#: What a multipart body needs beside the file itself.
_ENVELOPE = 1024 * 1024
_UPLOADS = re.compile(r"^/(api/v1/)?projects/\d+/imports$")
_log = structlog.get_logger()


class UnknownHost(AppError):
    """This server does not know itself under that name; add it to CUSP_ALLOWED_HOSTS."""

    status_code = 421


class ForeignOrigin(Forbidden):
    """This request comes from another site; open Cusp itself and try again. Behind a proxy,
    CUSP_PUBLIC_URL must be the address that people type.
    """


def install(app: FastAPI) -> None:
    """Surround an application; the last one added sees a request first."""
    for layer in (SameOrigin, BodyLimit, KnownHosts, RequestLog, SecurityHeaders, SubPath):
        app.add_middleware(layer)


class SubPath:
    """Makes a proxy that strips the sub-path and one that keeps it look the same."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Put the sub-path in front where it is missing."""
        root, path = scope.get("root_path", "").rstrip("/"), scope.get("path", "")
        if root and path != root and not path.startswith(f"{root}/"):
            scope = {**scope, "path": f"{root}{path}", "raw_path": f"{root}{path}".encode()}
        await self._app(scope, receive, send)


class RequestLog:
    """Names each request, writes one line about it, and answers when the application fails."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request between two looks at the clock."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, began, status = Request(scope), time.perf_counter(), 0
        request.state.request_id = token_hex(8)
        structlog.contextvars.bind_contextvars(request_id=request.state.request_id)

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                name = (b"x-request-id", request.state.request_id.encode())
                message["headers"] = [*message["headers"], name]
            await send(message)

        try:
            await self._app(scope, receive, note)
        except Exception as error:  # noqa: BLE001 - the last stop before the socket
            if status:
                _log.error("fault", exc_info=error)
            else:
                await problems.fault(request, error)(scope, receive, note)
        finally:
            _record(request, status, time.perf_counter() - began)
            structlog.contextvars.unbind_contextvars("request_id")


def _record(request: Request, status: int, seconds: float) -> None:
    """Write a request's line; the route's template, not its path, which may hold a secret."""
    actor, route = getattr(request.state, "actor", None), _template(request)
    method = request.method if request.method in _METHODS else "other"
    metrics.observe(method, route, status, seconds=seconds)
    _log.info(
        "request",
        method=method,
        route=route,
        status=status,
        ms=round(seconds * 1000, 1),
        user=actor.user_id if actor else None,
    )


def _template(request: Request) -> str:
    """Return the path with its parameters' names; an included router leaves its prefix out."""
    template = getattr(request.scope.get("route"), "path", "")
    if template and pages.path(request).startswith("/api/v1/"):
        return f"/api/v1{template}"
    return template or "none"


class SecurityHeaders:
    """Adds the headers that keep a browser from being tricked; a route may set its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add what the answer does not say itself."""

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name.lower() for name, _ in message["headers"]}
                wanted = _raw_headers(config().base_url.startswith("https:"))
                message["headers"] = [
                    *message["headers"],
                    *(each for each in wanted if each[0] not in said),
                ]
            await send(message)

        await self._app(scope, receive, add)


@lru_cache
def _raw_headers(encrypted: bool) -> list[tuple[bytes, bytes]]:  # noqa: FBT001 - a cache's key
    """Encode the headers once, not for each answer."""
    strict = {"Strict-Transport-Security": "max-age=31536000"} if encrypted else {}
    return [
        (name.lower().encode(), value.encode()) for name, value in {**_HEADERS, **strict}.items()
    ]


class KnownHosts:
    """Refuses requests for names that are not this server's: a defense against DNS rebinding."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let requests for our own names pass, and probes, which come by address."""
        if scope["type"] == "http":
            request = Request(scope)
            host = _host_of(f"//{request.headers.get('host', '')}")
            known = _known_hosts(config().allowed_hosts, config().host, config().base_url)
            if host not in known and not request.url.path.endswith(_PROBES):
                await problems.answer(request, UnknownHost())(scope, receive, send)
                return
        await self._app(scope, receive, send)


@lru_cache
def _known_hosts(allowed: str, host: str, base_url: str) -> set[str]:
    named = {name.strip().lower() for name in allowed.split(",")} - {""}
    return {"localhost", "127.0.0.1", "::1", host, _host_of(base_url)} | named


@lru_cache
def _host_of(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


class SameOrigin:
    """Refuses changes that another site's page asks for in the name of a signed-in person."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look where an unsafe request comes from; a program with a token has no cookie to lose."""
        if scope["type"] == "http" and scope["method"] not in _SAFE_METHODS:
            request = Request(scope)
            if "authorization" not in request.headers and not comes_from_us(request):
                await problems.answer(request, ForeignOrigin())(scope, receive, send)
                return
        await self._app(scope, receive, send)


def comes_from_us(request: Request) -> bool:
    """Whether a request was made by a page of ours, or by no page at all and without a cookie."""
    headers = request.headers
    if "origin" in headers:
        return _is_ours(headers["origin"], headers.get("host", ""), config().base_url)
    if auth.COOKIE not in request.cookies:
        return True
    if "sec-fetch-site" in headers:
        return headers["sec-fetch-site"] in ("same-origin", "none")
    return _is_ours(headers.get("referer", ""), headers.get("host", ""), config().base_url)


@lru_cache
def _is_ours(address: str, host: str, base_url: str) -> bool:
    """Whether an address has the host and port that the request itself, or our links, have."""
    try:
        parts = urlsplit(address)
        ours = urlsplit(base_url)
        asked = urlsplit(f"{parts.scheme}://{host}")
        return bool(parts.hostname) and _place(parts) in (_place(ours), _place(asked))
    except ValueError:
        return False


def _place(parts: SplitResult) -> tuple[str, int]:
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


class BodyLimit:
    """Refuses bodies that are larger than their address takes, before and while they come in."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on whose body is counted as it is read."""
        if scope["type"] != "http" or scope["method"] in _SAFE_METHODS:
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        limit = await _body_limit(request)
        body = _Body(receive, send, limit)
        try:
            if body.fits(request.headers.get("content-length", "")):
                await self._app(scope, body.receive, body.send)
        except TooLarge:
            pass
        if body.exceeded:
            error = TooLarge(f"This is larger than the {limit // 1024**2} MiB that fit here.")
            await problems.answer(request, error)(scope, receive, send)


async def _body_limit(request: Request) -> int:
    """Take much only where files come in, and only from somebody who is signed in."""
    takes_files = _UPLOADS.match(pages.path(request)) is not None
    if takes_files and await run_in_threadpool(auth.identify, request) is not None:
        return config().upload_limit_bytes + _ENVELOPE
    return _SMALL_BODY


class _Body:
    """Counts one request's body, and holds back an answer to a body that was cut short."""

    def __init__(self, receive: Receive, send: Send, limit: int) -> None:
        self._receive, self._send, self._left = receive, send, limit
        self._answered = False
        self._over = False

    @property
    def exceeded(self) -> bool:
        """Whether the body was too large and nothing has been answered."""
        return self._over and not self._answered

    def fits(self, declared: str) -> bool:
        """Whether the declared length is within the limit."""
        self._over = declared.isdigit() and int(declared) > self._left
        return not self._over

    async def receive(self) -> Message:
        """Hand the next part on, unless it is one too many."""
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            self._over = True
            raise TooLarge
        return message

    async def send(self, message: Message) -> None:
        """Hand an answer on, unless the body was too large for there to be one."""
        if not self.exceeded:
            self._answered = True
            await self._send(message)
