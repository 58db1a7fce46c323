"""Tell the machine that a project may have work due, right after a commit.

Cheap and harmless: what is missed here, a worker notices within a second. Safe in the web process.
"""

from __future__ import annotations

import threading

import structlog

from app.rounds.reconcile import reconcile

_log = structlog.get_logger()
_waiting: set[int] = set()
_busy = threading.Lock()


def wake(project_id: int) -> None:
    """Queue what is due in a project; calls that come while one is at work are folded into it."""
    _waiting.add(project_id)
    if not _busy.acquire(blocking=False):
        return
    try:
        while _waiting:
            reconcile(_waiting.pop())
    except Exception:  # noqa: BLE001 - an answer is never refused because of the machine
        # The answer is stored; a worker looks again within a second.
        _log.warning("wake_failed", project=project_id, exc_info=True)
    finally:
        _busy.release()
