"""Server-sent events: tells an open page what changed, at most once a second.

The only asynchronous code of the application: it sleeps on the event loop and reads in a thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from sse_starlette import ServerSentEvent
from starlette.concurrency import run_in_threadpool

from app import database
from app.dashboards import service
from app.dashboards.schemas import Snapshot
from app.errors import NotFound

POLL_SECONDS = 1.0
HEARTBEAT_SECONDS = 15
#: The browser then connects again and its role is checked again.
LONGEST_SECONDS = 600.0


def read(project_id: int) -> Snapshot | None:
    """Read a snapshot in a transaction of its own; None once the project is gone."""
    with database.reading() as session:
        try:
            return service.snapshot(session, project_id)
        except NotFound:
            return None


async def changes(
    look: Callable[[], Snapshot | None], *, poll: float = POLL_SECONDS
) -> AsyncIterator[ServerSentEvent]:
    """Yield the present, then every change, until the project is gone or the time is up."""
    last: Snapshot | None = None
    clock = asyncio.get_running_loop().time
    end = clock() + LONGEST_SECONDS
    while clock() < end:
        snapshot = await run_in_threadpool(look)
        if snapshot is None:
            return
        if snapshot != last:
            last = snapshot
            yield ServerSentEvent(snapshot.model_dump_json(), event="changed")
        await asyncio.sleep(poll)
