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
#: Looking takes no more than this share of the time, however long a project's queue is.
SHARE = 0.05

_waiting: set[int] = set()
#: When a project may be looked at again, on the monotonic clock.
_rests_until: dict[int, float] = {}
_busy = threading.Lock()


def rests(project_id: int) -> bool:
    """Whether a project was looked at so recently that waking would do nothing."""
    return time.monotonic() < _rests_until.get(project_id, 0.0)


def wake(project_id: int) -> None:
    """Queue what is due in a project; calls in quick succession are folded into one."""
    if rests(project_id):
        return
    _waiting.add(project_id)
    if not _busy.acquire(blocking=False):
        return
    try:
        while _waiting:
            _look(_waiting.pop())
    except Exception:  # noqa: BLE001 - an answer is never refused because of the machine
        # The answer is stored; a worker looks again within a second.
        _log.warning("wake_failed", project=project_id, exc_info=True)
    finally:
        _busy.release()


def _look(project_id: int) -> None:
    began = time.monotonic()
    _rests_until[project_id] = began + PACE_SECONDS
    reconcile(project_id)
    took = time.monotonic() - began
    _rests_until[project_id] = began + max(PACE_SECONDS, took / SHARE)


def forget() -> None:
    """Let every project be looked at at once."""
    _rests_until.clear()
