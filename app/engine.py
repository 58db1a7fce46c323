"""The queue of machine work, on DBOS: enqueue, cancel, hand back, forget.

The application's database is the only truth; this queue may be deleted and nothing is lost,
because every stage has its row in `stages` and the same id twice is a no-op. Knows no project
rule and runs nothing: `app.worker` runs what is enqueued here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions

from app.config import config
from app.words import StageKind

#: Left alone, DBOS hashes the source: a new release would strand what an older one enqueued.
VERSION = "cusp"

#: Work that somebody waits for, and long work. One stage of each at a time per project, so that
#: people are asked the next queries while features and generator train.
POSING = "posing"
TRAINING = "training"
_QUEUES = {StageKind.FIT_AND_POSE: POSING, StageKind.EVALUATE: POSING}

#: A queue looks for work this often; with the default second a fit would start a second late.
POLL_SECONDS = 0.25


@dataclass(frozen=True)
class Ticket:
    """What the engine needs to know of a stage."""

    stage_id: int
    project_id: int
    number: int
    kind: StageKind
    attempt: int

    @property
    def workflow_id(self) -> str:
        """The stage's id in the engine."""
        return f"{self.project_id}:{self.number}:{self.kind}:{self.attempt}"

    @property
    def queue(self) -> str:
        """The queue it belongs to."""
        return _QUEUES.get(self.kind, TRAINING)


def prepare() -> None:
    """Create or migrate the engine's own tables; the client never does."""
    url = config().engine_database
    if url.startswith("sqlite"):
        path = url.removeprefix("sqlite:///")
        with sqlite3.connect(path, timeout=30) as connection:
            # Without it, enqueueing takes 25 times as long while a worker polls.
            connection.execute("PRAGMA journal_mode=WAL")
    DBOS.migrate(url)


def worker_settings(worker_id: str) -> DBOSConfig:
    """Configure a process that runs stages."""
    return DBOSConfig(
        name="cusp",
        system_database_url=config().engine_database,
        application_version=VERSION,
        executor_id=worker_id,
        log_level="WARNING",
    )


def enqueue(ticket: Ticket) -> None:
    """Put a stage on its queue; nothing happens when it is there already."""
    options: EnqueueOptions = {
        "workflow_name": ticket.queue,
        "queue_name": ticket.queue,
        "workflow_id": ticket.workflow_id,
        "queue_partition_key": str(ticket.project_id),
        "app_version": VERSION,
    }
    _client().enqueue(options, ticket.stage_id)


def cancel(ticket: Ticket) -> None:
    """Stop a stage: a child process that runs it ends within a moment."""
    _client().cancel_workflow(ticket.workflow_id)


def hand_back_orphans(is_alive: Callable[[str], bool]) -> list[str]:
    """Queue again what workers were running when they died; returns the stages' ids.

    DBOS leaves such work pending for good, where it blocks its project: it has no take-over of
    its own.
    """
    pending = _client().list_workflows(status="PENDING", load_input=False, load_output=False)
    dead = {w.executor_id for w in pending if w.executor_id and not is_alive(w.executor_id)}
    handed_back = []
    for queue in (POSING, TRAINING):
        orphans = [w.workflow_id for w in pending if w.executor_id in dead and w.name == queue]
        if orphans:
            _client().resume_workflows(orphans, queue_name=queue)
            handed_back += orphans
    return handed_back


def resume(tickets: Sequence[Ticket]) -> None:
    """Queue stages whose worker is gone, whether or not the engine still knows them."""
    for ticket in tickets:
        enqueue(ticket)
        _client().resume_workflows([ticket.workflow_id], queue_name=ticket.queue)


def forget_history() -> None:
    """Delete finished stages from the engine; their rows in `stages` stay."""
    before = datetime.now(UTC) - timedelta(days=config().stage_history_days)
    finished = _client().list_workflows(
        status=["SUCCESS", "ERROR", "CANCELLED"],
        completed_before=before.isoformat(),
        load_input=False,
        load_output=False,
        limit=1000,
    )
    if finished:
        _client().delete_workflows([workflow.workflow_id for workflow in finished])


def forget() -> None:
    """Close this process's client, so that the next use reads the configuration again."""
    if _client.cache_info().currsize:
        _client().destroy()
    _client.cache_clear()


@lru_cache
def _client() -> DBOSClient:
    return DBOSClient(system_database_url=config().engine_database)
