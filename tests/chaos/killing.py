"""Hands that kill a worker at the worst moments."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.words import StageKind, StageState
from tests.chaos.conftest import Stand
from tests.deployment import eventually

on_both = pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)

DONE = StageState.DONE


def dawdle(stand: Stand) -> None:
    stand.deployment.start("worker", "tests/chaos/slow_worker.py")


def hold(stand: Stand, kind: StageKind) -> None:
    """Ask that a stage halts in the middle of its work, whenever it comes to that."""
    (stand.deployment.data / f"hold-{kind}").touch()


def await_held(stand: Stand, kind: StageKind) -> None:
    """Wait until a stage has halted in the middle of its work."""
    marker = stand.deployment.data / f"holding-{kind}"
    eventually(marker.exists, what=f"{kind} being under way")


def kill_at(stand: Stand, kind: StageKind, *, meanwhile: Callable[[], object] = bool) -> None:
    """Kill the worker when it has done the work of a stage and not yet committed it."""
    (stand.deployment.data / f"dawdle-{kind}").touch()
    marker = stand.deployment.data / f"dawdling-{kind}"

    def goes_on() -> None:
        # Whoever dawdles holds the database: what is asked then waits for the worker's death.
        while not marker.exists():
            meanwhile()
            time.sleep(0.1)

    with ThreadPoolExecutor(1) as thread:
        going_on = thread.submit(goes_on)
        eventually(
            lambda: marker.exists() or going_on.done(),
            what=f"the worker reaching the end of {kind}",
        )
        stand.deployment.kill("worker")
        going_on.result()
