"""Hands that kill a worker at the worst moments."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.words import StageKind, StageState
from tests.chaos.conftest import Stand
from tests.deployment import eventually

on_both = pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)

DONE = StageState.DONE


def dawdle(stand: Stand) -> None:
    stand.deployment.start("worker", "tests/chaos/slow_worker.py")


def kill_at(stand: Stand, kind: StageKind, *, meanwhile: Callable[[], object] = bool) -> None:
    """Kill the worker when it has done the work of a stage and not yet committed it."""
    (stand.deployment.data / f"dawdle-{kind}").touch()
    marker = stand.deployment.data / f"dawdling-{kind}"

    def reached() -> bool:
        meanwhile()
        return marker.exists()

    eventually(reached, seconds=120, what=f"the worker reaching the end of {kind}")
    stand.deployment.kill("worker")
