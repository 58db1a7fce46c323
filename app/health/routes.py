"""Probes for whoever keeps the server running, and metrics for whoever watches it."""

from __future__ import annotations

import time
from functools import lru_cache

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from app import artifacts, database
from app.accounts import auth
from app.errors import AppError
from app.health import metrics
from app.transactions import Reading

pages = APIRouter(tags=["health"])

_WORKER_IS_LATE = 15.0
_LOOK_AT_THE_STORE_EVERY = 5.0


class StoreNotWritable(AppError):
    """The artifact store cannot be written; look at CUSP_ARTIFACTS_URL and its permissions."""

    status_code = 503


class Health(BaseModel):
    """The process answers."""

    status: str = "up"


class Readiness(BaseModel):
    """The server can do its work; without a worker people still label, but nothing is learned."""

    status: str = "ready"
    worker_is_there: bool
    worker_seen_seconds: float | None


@pages.get("/healthz", dependencies=[Depends(auth.public)])
def show_health() -> Health:
    """Say that the process is up."""
    return Health()


@pages.get("/readyz", dependencies=[Depends(auth.public)])
def show_readiness(session: Reading) -> Readiness:
    """Say that the database is migrated and the artifact store writable, and look for a worker."""
    database.require_migrated()
    _require_writable(int(time.monotonic() / _LOOK_AT_THE_STORE_EVERY))
    waited = metrics.seconds_since_a_worker(session)
    return Readiness(
        worker_is_there=waited is not None and waited <= _WORKER_IS_LATE,
        worker_seen_seconds=waited,
    )


@pages.get("/metrics", dependencies=[Depends(auth.admin_or_loopback)], response_class=Response)
def show_metrics(session: Reading) -> Response:
    """Show metrics in Prometheus' text format."""
    return Response(metrics.text(session), media_type=CONTENT_TYPE_LATEST)


@lru_cache(maxsize=1)
def _require_writable(_moment: int) -> None:
    """Write a few bytes, at most once in a while: anybody may ask."""
    try:
        artifacts.write("ready", b"ready")
    except OSError as error:
        raise StoreNotWritable from error
