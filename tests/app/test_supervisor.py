"""`cusp run` as people meet it: it starts all, goes on where it was, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.config import Config
from app.tables import Image, Import, Project, Stage, User
from app.words import StageKind, StageState
from tests.deployment import GIVE_UP_SECONDS, Deployment, deployment, eventually

pytestmark = pytest.mark.services


@pytest.fixture
def made(config: Config) -> Iterator[Deployment]:
    with deployment(config.data) as opened:
        yield opened
    for pid in _processes_of(config.data):
        os.kill(pid, signal.SIGKILL)


def _processes_of(data: Path) -> list[int]:
    """List the processes that were started for a data folder, whoever their parent is."""
    setting = f"CUSP_DATA={data}".encode()
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            if setting in environment.read_bytes().split(b"\0"):
                found.append(int(environment.parent.name))
        except OSError:
            continue
    return [pid for pid in found if pid != os.getpid()]


def _start(made: Deployment, *, greetings: int = 1) -> None:
    made.start("run")
    eventually(
        lambda: made.log("run").count("Cusp is ready at") == greetings,
        what="the greeting",
    )


def _trains(session: Session, *, begun: int) -> bool:
    session.rollback()
    stage = session.scalar(select(Stage).where(Stage.kind == StageKind.LEARN_FEATURES))
    done = stage is not None and stage.state is StageState.DONE
    return stage is not None and stage.begun >= begun and (stage.share > 0.02 or done)


def _nothing_runs(data: Path) -> bool:
    return not _processes_of(data)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process choose")
def test_the_web_process_keeps_to_one_processor_and_the_worker_has_all(
    made: Deployment, config: Config
) -> None:
    _start(made)
    for command, processors in (("serve", 1), ("worker", len(os.sched_getaffinity(0)))):
        assert len(os.sched_getaffinity(_command(config.data, command))) == processors


def test_ctrl_c_ends_everything_and_the_next_start_goes_on(
    made: Deployment, config: Config, session: Session
) -> None:
    _start(made)
    assert f"{made.url}/sign-in/" in made.log("run")
    eventually(lambda: _trains(session, begun=1), what="training")
    assert len(_processes_of(config.data)) >= 4
    process = made.processes.pop("run")
    process.send_signal(signal.SIGINT)
    assert process.wait(GIVE_UP_SECONDS) == 0
    assert _nothing_runs(config.data)
    assert "Traceback" not in made.log("run")

    _start(made, greetings=2)
    eventually(lambda: _trains(session, begun=2), what="training going on")
    session.rollback()
    assert session.scalars(select(Project.name)).all() == ["Handwritten digits"]
    assert session.scalars(select(User.email).where(User.is_admin)).all() == ["admin@cusp.local"]
    brought_in = session.scalars(select(Import)).one()
    images = session.scalar(select(func.count()).select_from(Image).where(Image.row.is_not(None)))
    assert images == brought_in.pool_count + brought_in.holdout_count

    made.kill("run")
    eventually(lambda: _nothing_runs(config.data), what="the end of web and worker")


def test_a_process_that_dies_is_started_again(
    made: Deployment, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSP_DEMO", "0")
    _start(made)
    for command in ("serve", "worker"):
        _kill_and_wait(config.data, command)
    made.stop("run")
    assert _nothing_runs(config.data)


def _kill_and_wait(data: Path, command: str) -> None:
    first = eventually(lambda: _command(data, command), what=command)
    os.kill(first, signal.SIGKILL)
    eventually(lambda: _command(data, command) not in (0, first), what=f"another {command}")


def _command(data: Path, command: str) -> int:
    """Find the process that runs a command on a data folder; 0 when there is none."""
    return next((pid for pid in _processes_of(data) if command.encode() in _words(pid)), 0)


def _words(pid: int) -> list[bytes]:
    """Read the words that a process was started with; none when it has ended in the meantime."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []
