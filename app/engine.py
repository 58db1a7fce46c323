"""The queue of machine work, on DBOS: enqueue, cancel, hand back, forget.

The application's database is the only truth; this queue may be deleted and nothing is lost,
because every stage has its row in `stages` and the same id twice is a no-op. Knows no project
rule and runs nothing: `app.worker` runs what is enqueued here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions

from app.config import config
from app.errors import AppError
from app.words import StageKind

#: Left alone, DBOS hashes the source: a new release would strand what an older one enqueued.
VERSION = "cusp"

#: Work that somebody waits for, and long work. One stage of each at a time per project, so that
#: people are asked the next queries while features and generator train.
POSING = "posing"
TRAINING = "training"
_QUEUES = {
    StageKind.FIT_AND_POSE: POSING,
    StageKind.EVALUATE: POSING,
    StageKind.JUDGE_STREAM: POSING,
    StageKind.ASSESS: POSING,
}

_UNDER_WAY = ("DELAYED", "ENQUEUED", "PENDING")

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


class QueueDamaged(AppError):
    """The file of the queue is damaged. Delete it, then start again: nothing is lost with it."""

    status_code = 503


def prepare() -> None:
    """Create or migrate the engine's own tables; the client never does."""
    url = config().engine_database
    if url.startswith("sqlite"):
        _prepare_file(Path(url.removeprefix("sqlite:///")))
    DBOS.migrate(url)


def _prepare_file(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path, timeout=30)) as connection:
            # Without it, enqueueing takes 25 times as long while a worker polls.
            connection.execute("PRAGMA journal_mode=WAL")
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        found = "not a database"
    if found != "ok":
        raise QueueDamaged(
            f"The queue {path} is damaged. Delete this file, then start again: nothing is lost"
            " with it."
        )


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


def hand_back_orphans(is_at_work: Callable[[str, str], bool]) -> list[str]:
    """Queue again what no worker is at work on any more; returns the stages' ids.

    DBOS leaves such work pending for good, where it blocks its project: it has no take-over of
    its own. `is_at_work` is asked about a worker and a stage's id.
    """
    pending = _client().list_workflows(status="PENDING", load_input=False, load_output=False)
    orphans = [w for w in pending if w.executor_id and not is_at_work(w.executor_id, w.workflow_id)]
    for queue in (POSING, TRAINING):
        ids = [w.workflow_id for w in orphans if w.name == queue]
        if ids:
            _client().resume_workflows(ids, queue_name=queue)
    return [w.workflow_id for w in orphans]


def revive(tickets: Sequence[Ticket]) -> list[str]:
    """Queue stages that are not over though the engine has lost them or takes them for over.

    It takes them for over when the database was out of reach for longer than it tries. Returns
    the ids of those that were queued.
    """
    if not tickets:
        return []
    ids = [ticket.workflow_id for ticket in tickets]
    known = _client().list_workflows(workflow_ids=ids, load_input=False, load_output=False)
    over = [w.workflow_id for w in known if w.status not in _UNDER_WAY]
    if over:
        _client().delete_workflows(over)
    waiting = {w.workflow_id for w in known} - set(over)
    lost = [ticket for ticket in tickets if ticket.workflow_id not in waiting]
    for ticket in lost:
        enqueue(ticket)
    return [ticket.workflow_id for ticket in lost]


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
