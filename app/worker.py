"""The engine's process: runs stages, and takes over from workers that died.

Interactive stages run here, with torch and checkpoints warm; long ones in a child process that
can be canceled. A stranger to the web process: they meet in the database alone.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType

import structlog
from dbos import DBOS

from app import bodies, database, engine, liveness
from app.rounds import stage_store, stages, store
from app.rounds.reconcile import reconcile
from app.words import StageKind

_log = structlog.get_logger()

HEARTBEAT_SECONDS = 1.0
#: A queued stage that nobody has begun for this long is handed to the engine once more.
OVERDUE = timedelta(seconds=10)
#: History is swept once in so many heartbeats.
SWEEP_EVERY = 3600

#: This process's name in the engine; None before `main`.
_worker_id = ""


#: The stages that this process is busy with, by their ids in the engine.
_busy: set[str] = set()
#: When the stages that this process should be busy with, and is not, were first found so.
_idle_since: dict[str, float] = {}


@DBOS.workflow(name=engine.POSING)
def _pose(stage_id: int) -> None:
    """Run an interactive stage in this process."""
    with _at_work():
        _run_here(stage_id)


@contextmanager
def _at_work() -> Iterator[None]:
    """Tell, as long as it lasts, that this process is busy with the present workflow."""
    workflow_id = DBOS.workflow_id or ""
    _busy.add(workflow_id)
    _idle_since.pop(workflow_id, None)
    try:
        yield
    finally:
        _busy.discard(workflow_id)


@DBOS.step(retries_allowed=True, max_attempts=5, should_retry=database.is_hiccup)
def _run_here(stage_id: int) -> None:
    stages.run(stage_id, worker_id=_worker_id, body_of=bodies.body_of)


@DBOS.workflow(name=engine.TRAINING)
async def _train(stage_id: int) -> None:
    """Run a long stage in a child process."""
    with _at_work():
        await _run_in_child(stage_id)


@DBOS.step(preemptible=True, retries_allowed=True, max_attempts=5, should_retry=database.is_hiccup)
async def _run_in_child(stage_id: int) -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "app",
        "stage",
        str(stage_id),
        "--worker",
        _worker_id,
        "--parent",
        str(os.getpid()),
    )
    try:
        code = await child.wait()
    except asyncio.CancelledError:
        child.kill()
        await child.wait()
        raise
    if code != 0:
        problem = f"The process that ran this stage {_ending(code)}"
        await asyncio.to_thread(
            stages.fail_abandoned, stage_id, worker_id=_worker_id, problem=problem
        )


def _ending(code: int) -> str:
    if code >= 0:
        return f"ended with exit code {code}; the worker's log says more."
    if -code == signal.SIGKILL:
        return "was killed, perhaps because the memory was used up."
    return f"was ended by {signal.Signals(-code).name}."


def main() -> None:
    """Run stages until told to stop."""
    global _worker_id
    _worker_id = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    database.require_migrated()
    engine.prepare()
    lock = liveness.hold(_worker_id)
    with database.writing() as session:
        stage_store.add_worker(session, _worker_id, host=socket.gethostname(), pid=os.getpid())
    _launch()
    # A new project's images come in meanwhile, in a process of their own.
    threading.Thread(target=bodies.body_of, args=(StageKind.FIT_AND_POSE,), daemon=True).start()
    _log.info("worker_started", worker=_worker_id)
    try:
        _watch(lock)
    finally:
        _stop(lock)


def _launch() -> None:
    DBOS(config=engine.worker_settings(_worker_id))
    DBOS.launch()
    for queue in (engine.POSING, engine.TRAINING):
        DBOS.register_queue(
            queue,
            worker_concurrency=2 if queue == engine.POSING else 1,
            partition_concurrency=1,
            polling_interval_sec=engine.POLL_SECONDS,
            on_conflict="always_update",
        )


def _watch(lock: liveness.Hold) -> None:
    """Beat, and look after the projects, until a signal comes."""
    stopping = _stop_signal()
    beats = 0
    while not stopping.wait(HEARTBEAT_SECONDS):
        try:
            lock.confirm()
            _beat()
            if beats % SWEEP_EVERY == SWEEP_EVERY - 1:
                engine.forget_history()
        except Exception as error:  # noqa: BLE001 - whatever it is, the next beat tries again
            # A full disk or a lost connection lasts: one line a second says enough of it.
            known = database.is_hiccup(error)
            _log.warning("heartbeat_failed", error=str(error)[:200], exc_info=not known)
        beats += 1


def _stop_signal() -> threading.Event:
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return stopping


def _beat() -> None:
    with database.writing() as session:
        stage_store.seen(session, _worker_id)
    _take_over()
    with database.reading() as session:
        watched = store.projects_to_watch(session)
    for project_id in watched:
        reconcile(project_id)


def _take_over() -> None:
    """Queue again what dead workers left behind, and what the engine has lost."""
    handed_back = engine.hand_back_orphans(_is_at_work)
    with database.reading() as session:
        begun = [
            stage_store.ticket(stage)
            for stage in stage_store.stages_running(session)
            if stage.worker_id
            and not _is_at_work(stage.worker_id, stage_store.ticket(stage).workflow_id)
        ]
        overdue = [
            stage_store.ticket(stage)
            for stage in stage_store.stages_waiting(session, older_than=OVERDUE)
        ]
    revived = engine.revive(begun + overdue)
    if handed_back or revived:
        _log.info("took_over", handed_back=handed_back, revived=revived)


def _is_at_work(worker_id: str, workflow_id: str) -> bool:
    """Whether a worker that should be busy with a stage is; of others it is enough that they live.

    This process may have dropped a stage when the engine could not store how it ended.
    """
    if worker_id != _worker_id:
        return liveness.is_alive(worker_id)
    if workflow_id in _busy:
        return True
    idle = time.monotonic() - _idle_since.setdefault(workflow_id, time.monotonic())
    return idle < OVERDUE.total_seconds()


def _stop(lock: liveness.Hold) -> None:
    """End in order: what was running is handed to the next worker, since the lock is free."""
    with database.writing() as session:
        stage_store.stop_worker(session, _worker_id)
    DBOS.destroy(workflow_completion_timeout_sec=0)
    lock.release()
    _log.info("worker_stopped", worker=_worker_id)
