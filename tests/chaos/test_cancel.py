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
from tests.chaos.killing import await_held, dawdle, hold, on_both
from tests.deployment import eventually
from tests.factories import Factory

pytestmark = pytest.mark.services

TRAINING = StageKind.LEARN_FEATURES


@on_both
def test_a_canceled_training_ends_and_is_begun_again_only_on_demand(
    stand: Stand, make: Factory
) -> None:
    project = _train_for_long(stand)
    lead = make.token(make.member(project, Role.LEAD))
    hold(stand, TRAINING)
    dawdle(stand)
    stand.deployment.start_web()
    stages = f"/api/v1/projects/{project.id}/stages"
    # Halted, it sees nothing of being canceled: only a kill can end it.
    await_held(stand, TRAINING)
    first = stand.stage(TRAINING, StageState.RUNNING)
    (child,) = _children(stand.deployment.processes["worker"].pid)
    assert first is not None
    with stand.deployment.client(lead) as client:
        assert client.post(f"{stages}/{first.id}/cancel").status_code == 204
        eventually(lambda: not _lives(child), what="the end of the child process")
        assert client.post(f"{stages}/{first.id}/cancel").status_code == 409
        _stays_away(stand, seconds=4)
        assert client.post(f"{stages}/{first.id}/retry").status_code == 204
    second = eventually(lambda: _trains(stand, attempt=2), what="a second attempt")
    (child,) = _children(stand.deployment.processes["worker"].pid)
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


def _trains(stand: Stand, *, attempt: int) -> Stage | None:
    stage = stand.stage(TRAINING, StageState.RUNNING)
    return stage if stage and stage.attempt == attempt and stage.share > 0 else None


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
