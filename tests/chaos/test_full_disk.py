"""A disk that is really full, under the import and under people's answers; then space is back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import database
from app.config import Config
from app.config import config as read_config
from app.errors import StoreFull
from app.interchange import demo
from app.tables import Base, Budget, Image, Label, Project, Query, Stage
from app.words import Role, StageKind, StageState
from tests.chaos.conftest import BRIEFLY
from tests.chaos.disks import Disk
from tests.deployment import deployment, eventually
from tests.factories import Factory

pytestmark = pytest.mark.services

FULL = StoreFull().detail


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """Six megabytes: enough for the databases, too little for the digits."""
    made = Disk(tmp_path / "disk")
    if not made.mount(6):
        pytest.skip("this user may not mount a small file system")
    yield made
    made.unmount()


@pytest.fixture
def moved(config: Config, disk: Disk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Config]:
    """Everything lies on the small disk."""
    database.forget()
    data = disk.folder / "var"
    shutil.copytree(config.data, data)
    monkeypatch.setenv("CUSP_DATA", str(data))
    read_config.cache_clear()
    yield read_config()
    database.forget()


def _demo(session: Session) -> Project:
    project = session.get_one(Project, demo.create_demo(session))
    project.settings = {**project.settings, **BRIEFLY}
    session.commit()
    return project


def _newest(session: Session, kind: StageKind) -> Stage | None:
    session.rollback()
    return session.scalar(select(Stage).where(Stage.kind == kind).order_by(Stage.id.desc()))


def _count(session: Session, table: type[Base]) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_an_import_says_that_the_disk_is_full_and_goes_on_when_space_is_back(
    config: Config, session: Session, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSP_ARTIFACTS_URL", str(disk.folder))
    _demo(session)

    def failed() -> Stage | None:
        stage = _newest(session, StageKind.IMPORT_POOL)
        return stage if stage and stage.state is StageState.FAILED else None

    with deployment(config.data) as made:
        made.start("worker")
        stage = eventually(failed, what="the import failing")
        assert (stage.problem, stage.final) == (FULL, False)
        assert _count(session, Image) == 0
        disk.grow()
        eventually(lambda: _count(session, Image) > 1700, what="the import going on")
        eventually(lambda: _newest(session, StageKind.FIT_AND_POSE), what="the loop going on")


def test_a_worker_whose_databases_are_on_the_full_disk_goes_on_when_space_is_back(
    moved: Config, disk: Disk
) -> None:
    with Session(database.engine()) as session:
        _demo(session)
        with deployment(moved.data) as made:
            made.start("worker")
            eventually(lambda: "space" in made.log("worker"), what="a full disk")
            disk.fill()
            disk.grow()
            eventually(lambda: _count(session, Query), what="the first queries")
            assert _count(session, Image) > 1700


def test_an_answer_that_does_not_fit_on_the_disk_is_refused_and_taken_later(
    moved: Config, disk: Disk
) -> None:
    with Session(database.engine(), expire_on_commit=False) as session:
        make = Factory(session)
        project = make.project()
        queries = [make.query(project).id for _ in range(300)]
        class_id = make.classes(project)[0].id
        token = make.token(make.member(project, Role.ANNOTATOR))
    database.forget()
    answers = [
        {"id": str(uuid4()), "query_id": query, "answer": "class", "class": class_id}
        for query in queries
    ]
    with deployment(moved.data) as made:
        made.start_web()
        with made.client(token) as client:
            assert _send(client, answers[0]).status_code == 200
            disk.fill()
            stored, refused = _until_full(client, answers)
            assert refused.status_code == 507
            assert refused.headers["content-type"] == "application/problem+json"
            assert refused.json()["detail"] == FULL
            assert client.get(f"/api/v1/projects/{project.id}/progress").status_code == 200
            disk.grow()
            for answer in answers[: stored + 1]:
                assert _send(client, answer).status_code == 200
    with Session(database.engine()) as session:
        assert _count(session, Label) == stored + 1
        assert session.get_one(Budget, project.id).answers_spent == stored + 1


def _send(client: httpx.Client, answer: dict[str, object]) -> httpx.Response:
    return client.post("/api/v1/labels", json=[answer])


def _until_full(
    client: httpx.Client, answers: list[dict[str, object]]
) -> tuple[int, httpx.Response]:
    """Send answers until one is refused; SQLite has a little room that it took before."""
    for position, answer in enumerate(answers):
        response = _send(client, answer)
        if response.status_code != 200:
            return position, response
    raise AssertionError("the disk was never full")
