"""Before the first request: schema, admin, demo; all of it once."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import database, engine, startup
from app.config import Config
from app.config import config as read_config
from app.engine import Ticket
from app.errors import Conflict, NotFound
from app.tables import Project, SignInLink, User
from app.words import StageKind


def _projects(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(Project.name)))


def test_the_first_start_makes_the_demo_and_later_ones_do_not(session: Session) -> None:
    startup.prepare()
    startup.prepare()
    assert _projects(session) == ["Handwritten digits"]


def test_a_server_with_projects_gets_no_demo(session: Session) -> None:
    startup.prepare()
    demo = session.scalars(select(Project)).one()
    demo.name = "Mine now"
    session.commit()
    startup.prepare()
    assert _projects(session) == ["Mine now"]


def test_nobody_gets_a_demo_who_asks_for_none(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSP_DEMO", "0")
    startup.prepare()
    assert _projects(session) == []
    assert "project 1" in startup.make_demo()
    assert "project 1" in startup.make_demo()
    assert _projects(session) == ["Handwritten digits"]


def test_an_empty_folder_becomes_a_server(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.forget()
    monkeypatch.setenv("CUSP_DATA", str(tmp_path / "fresh" / "var"))
    read_config.cache_clear()
    startup.prepare()
    database.require_migrated()
    assert {each.name for each in (tmp_path / "fresh" / "var").glob("*.sqlite")} == {
        "cusp.sqlite",
        "engine.sqlite",
    }
    engine.enqueue(Ticket(1, 1, 1, StageKind.FIT_AND_POSE, 1))
    with database.reading() as session:
        assert session.scalars(select(Project.name)).all() == ["Handwritten digits"]


def test_every_start_gives_the_same_admin_another_link(session: Session) -> None:
    first, second = startup.admin_link(), startup.admin_link()
    assert first != second
    assert session.scalars(select(User.email)).all() == ["admin@cusp.local"]
    assert len(session.scalars(select(SignInLink)).all()) >= 1


def test_a_link_of_the_command_line_signs_in_once(client: TestClient) -> None:
    link = startup.add_person("ann@example.org", "Ann", is_admin=False)
    path = "/sign-in/" + link.rpartition("/")[2]
    assert client.post(path).status_code in (302, 303)
    client.cookies.clear()
    assert client.post(path).status_code >= 400


def test_the_same_person_cannot_be_added_twice(session: Session) -> None:
    startup.add_person("ann@example.org", "Ann", is_admin=False)
    with pytest.raises(Conflict):
        startup.add_person("Ann@example.org", "Ann", is_admin=True)


def test_a_link_for_nobody_is_refused(session: Session) -> None:
    with pytest.raises(NotFound):
        startup.link_for("nobody@example.org")


def test_the_greeting_says_where_to_go(config: Config) -> None:
    said = startup.greeting("http://127.0.0.1:8000/sign-in/x")
    assert "http://127.0.0.1:8000\n" in said
    assert "http://127.0.0.1:8000/sign-in/x" in said
