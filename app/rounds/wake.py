"""Tell the machine that a project may have work due, right after a commit.

Cheap and harmless: what is missed here, a worker notices within a second. Safe in the web process.
"""

from __future__ import annotations

import threading
import time

import structlog

from app.rounds.reconcile import reconcile

_log = structlog.get_logger()

#: A project is looked at no oftener than this; a look costs more than storing an answer does.
PACE_SECONDS = 0.1

_waiting: set[int] = set()
_looked: dict[int, float] = {}
_busy = threading.Lock()


def wake(project_id: int) -> None:
    """Queue what is due in a project; calls in quick succession are folded into one."""
    if time.monotonic() - _looked.get(project_id, -PACE_SECONDS) < PACE_SECONDS:
        return
    _waiting.add(project_id)
    if not _busy.acquire(blocking=False):
        return
    try:
        while _waiting:
            due = _waiting.pop()
            _looked[due] = time.monotonic()
            reconcile(due)
    except Exception:  # noqa: BLE001 - an answer is never refused because of the machine
        # The answer is stored; a worker looks again within a second.
        _log.warning("wake_failed", project=project_id, exc_info=True)
    finally:
        _busy.release()
