"""A long stage that is canceled ends at once and stays away until a person wants it again."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from app.tables import Project, Stage
from app.words import Role, StageKind, StageState
from tests.chaos.conftest import Stand
from tests.deployment import eventually
from tests.factories import Factory

pytestmark = pytest.mark.services
on_both = pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)

TRAINING = StageKind.LEARN_FEATURES


@on_both
def test_a_canceled_training_ends_and_is_begun_again_only_on_demand(
    stand: Stand, make: Factory
) -> None:
    project = _train_for_long(stand)
    lead = make.token(make.member(project, Role.LEAD))
    stand.deployment.start("worker")
    stand.deployment.start_web()
    stages = f"/api/v1/projects/{project.id}/stages"
    first, child = _under_way(stand, attempt=1)
    with stand.deployment.client(lead) as client:
        assert client.post(f"{stages}/{first.id}/cancel").status_code == 204
        eventually(lambda: not _lives(child), what="the end of the child process")
        assert client.post(f"{stages}/{first.id}/cancel").status_code == 409
        _stays_away(stand, seconds=4)
        assert client.post(f"{stages}/{first.id}/retry").status_code == 204
    second, child = _under_way(stand, attempt=2)
    os.kill(child, signal.SIGKILL)
    eventually(lambda: stand.stage(TRAINING, StageState.FAILED), what="the death being noticed")
    failed = stand.fresh().get_one(Stage, second.id)
    assert not failed.final
    assert "was killed, perhaps because the memory was used up." in failed.problem


def _train_for_long(stand: Stand) -> Project:
    project = stand.session.get_one(Project, stand.project_id)
    features = {"name": "discriminator", "options": {"least_steps": 100_000}}
    project.settings = {**project.settings, "features": features}
    stand.session.commit()
    return project


def _under_way(stand: Stand, *, attempt: int) -> tuple[Stage, int]:
    """Wait until an attempt trains; return it and the process that it runs in."""

    def trains() -> Stage | None:
        stage = stand.stage(TRAINING, StageState.RUNNING)
        return stage if stage and stage.attempt == attempt and stage.share > 0 else None

    stage = eventually(trains, what=f"attempt {attempt} being under way")
    worker = stand.deployment.processes["worker"].pid
    (child,) = _children(worker)
    return stage, child


def _children(parent: int) -> list[int]:
    """List the living children of a process."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, ppid = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(ppid) == parent and state != "Z":
            found.append(int(stat.parent.name))
    return found


def _lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def _stays_away(stand: Stand, *, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        stages = stand.fresh().scalars(select(Stage).where(Stage.kind == TRAINING)).all()
        assert [(each.attempt, each.state) for each in stages] == [(1, StageState.CANCELED)]
        time.sleep(0.5)
