from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy.orm import Session

from app import artifacts, database, doctor, engine, liveness
from app.config import Config
from app.doctor import Finding
from app.tables import Import, ModelCheckpoint, Stage, Worker, now
from app.words import StageKind, StageState
from tests.factories import Factory


@pytest.fixture
def config(config: Config, monkeypatch: pytest.MonkeyPatch) -> Config:
    """On a port of its own: what runs on the usual one is none of these tests' business."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        monkeypatch.setenv("PORT", str(probe.getsockname()[1]))
    _read_again()
    return doctor.config()


def _read_again() -> None:
    database.forget()
    artifacts.forget()
    doctor.config.cache_clear()


def found(name: str) -> Finding:
    """Examine, and pick the finding of that name."""
    return {finding.name: finding for finding in doctor.examine()}[name]


def test_a_finding_is_one_line_that_says_whether_it_is_well() -> None:
    assert str(Finding("Disk", True, "plenty.")) == "ok   Disk: plenty."
    assert str(Finding("Disk", False, "none.")) == "BAD  Disk: none."


def test_a_migrated_installation_lacks_only_a_worker(config: Config) -> None:
    bad = [finding for finding in doctor.examine() if not finding.good]
    assert [finding.name for finding in bad] == ["Worker"]
    assert "cusp worker" in bad[0].sentence


def test_a_lost_queue_is_named_with_what_makes_it_anew(config: Config) -> None:
    for file in config.data.glob("engine.sqlite*"):
        file.unlink()
    assert not found("Engine").good
    assert "cusp migrate" in found("Engine").sentence
    engine.prepare()
    assert found("Engine").good


def test_without_a_database_nothing_is_made_and_the_rest_is_left_out(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSP_DATA", str(tmp_path / "nowhere"))
    _read_again()
    findings = doctor.examine()
    assert findings[-1].name == "Database"
    assert "cusp migrate" in findings[-1].sentence
    assert not (tmp_path / "nowhere").exists()


def test_a_database_of_a_newer_release_is_named(config: Config, session: Session) -> None:
    session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999_newer'")
    session.commit()
    assert not found("Database").good
    assert "newer release" in found("Database").sentence


def test_an_older_database_is_to_be_migrated(config: Config, session: Session) -> None:
    session.connection().exec_driver_sql("DELETE FROM alembic_version")
    session.commit()
    assert "cusp migrate" in found("Database").sentence


def test_a_database_that_cannot_be_reached_is_named(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSP_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/nothing")
    _read_again()
    assert "cannot be reached" in found("Database").sentence


def test_torch_that_does_not_fit_is_named_with_the_pair_that_does(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_installed", lambda name: {"torch": "1.0+cpu"}.get(name, ""))
    finding = found("torch")
    assert not finding.good
    assert "torchvision missing" in finding.sentence
    assert "pip install torch==" in finding.sentence


def test_a_local_build_of_torch_counts_as_its_version() -> None:
    pinned = doctor._pins()
    assert set(pinned) == {"torch", "torchvision"}
    assert doctor._torch().good


def test_the_doctor_loads_no_torch() -> None:
    script = "import sys, app.doctor; sys.exit('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], check=False, timeout=60)
    assert done.returncode == 0


def test_a_disk_that_is_nearly_full_is_named(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage(NamedTuple):
        free: int

    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**9))
    assert "free some space" in found("Disk").sentence


def test_an_artifact_store_that_cannot_be_written_is_named(config: Config) -> None:
    (config.data / "artifacts").write_bytes(b"in the way")
    assert not found("Artifact store").good


def test_the_artifact_store_is_left_as_it_was(config: Config) -> None:
    artifacts.write("something", b"there")
    assert found("Artifact store").good
    assert [path.name for path in (config.data / "artifacts").iterdir()] == ["something"]


def test_a_stranger_on_the_port_is_named(config: Config) -> None:
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", config.port))
        stranger.listen()
        stranger.settimeout(0.1)
        assert "another program" in found("Port").sentence


def test_a_worker_counts_only_while_it_holds_its_lock(config: Config, session: Session) -> None:
    session.add(Worker(id="one", host="here", pid=1, seen_at=now()))
    session.commit()
    assert not found("Worker").good
    lock = liveness.hold("one")
    assert found("Worker").good
    lock.release()


def test_a_stage_that_was_given_up_is_named_with_its_reason(
    config: Config, session: Session, make: Factory
) -> None:
    project = make.project()
    _add_stage(session, project.id, attempt=1, final=False)
    assert found("Machine work").good
    _add_stage(session, project.id, attempt=2, final=True)
    finding = found("Machine work")
    assert "learn_features" in finding.sentence
    assert "The pool is too small." in finding.sentence


def test_a_stage_that_succeeded_later_is_well(
    config: Config, session: Session, make: Factory
) -> None:
    project = make.project()
    _add_stage(session, project.id, attempt=1, final=True)
    _add_stage(session, project.id, attempt=2, final=False, state=StageState.DONE)
    assert found("Machine work").good


def _add_stage(
    session: Session,
    project_id: int,
    *,
    attempt: int,
    final: bool,
    state: StageState = StageState.FAILED,
) -> None:
    session.add(
        Stage(
            project_id=project_id,
            kind=StageKind.LEARN_FEATURES,
            number=1,
            attempt=attempt,
            state=state,
            final=final,
            problem="The pool is too small.",
        )
    )
    session.commit()


def test_missing_files_are_named_with_what_to_do(
    config: Config, session: Session, make: Factory
) -> None:
    project = make.project()
    artifacts.write("imports/1/a/pool.npy", b"there")
    artifacts.write("projects/1/checkpoints/there.safetensors", b"there")
    for name in ("there", "gone"):
        session.add(
            ModelCheckpoint(
                project_id=project.id,
                kind="features",
                name="pixels",
                version=1 if name == "there" else 2,
                artifact=f"projects/1/checkpoints/{name}.safetensors",
                facts={},
            )
        )
    session.add(_import(project.id, "imports/1/a/pool.npy"))
    session.commit()
    assert found("Imported images").good
    finding = found("Checkpoints")
    assert finding.sentence.startswith("1 files are missing (projects/1/checkpoints/gone.")
    assert "backup" in finding.sentence


def test_imports_whose_images_are_gone_are_named(
    config: Config, session: Session, make: Factory
) -> None:
    session.add(_import(make.project().id, "imports/1/a/pool.npy"))
    session.commit()
    assert "imports/1/a/pool.npy" in found("Imported images").sentence


def _import(project_id: int, pool_array: str) -> Import:
    return Import(
        project_id=project_id, request={}, pool_array=pool_array, pool_count=3, done_at=now()
    )
