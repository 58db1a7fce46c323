"""Sending images one by one over REST: what is taken, what is refused, what is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import artifacts
from app.streams import service
from app.tables import Image, Project, Query, StreamImage, User
from app.words import Origin, ProjectState, Role, StreamVerdict
from tests.app.interchange import pictures
from tests.app.interchange.pictures import png
from tests.app.projects.conftest import on_both_databases
from tests.factories import Factory

SignIn = Callable[[User], TestClient]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker runs here, so nobody waits for one."""
    monkeypatch.setattr(service, "PATIENCE_SECONDS", 0.0)


@pytest.fixture
def project(make: Factory) -> Project:
    return make.project(channels=1, height=28, width=28)


@pytest.fixture
def lead(project: Project, make: Factory, sign_in_as: SignIn) -> TestClient:
    return sign_in_as(make.member(project, Role.LEAD))


def send(client: TestClient, project: Project, images: Sequence[tuple[str, bytes]]) -> Response:
    return client.post(
        f"/api/v1/projects/{project.id}/stream",
        data={"id": [client_id for client_id, _ in images]},
        files=[("image", (f"{n}.png", content)) for n, (_, content) in enumerate(images)],
    )


def items(response: Response) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = response.json()["items"]
    return found


def counts(session: Session) -> tuple[int, int]:
    session.rollback()
    found = [
        session.scalar(select(func.count()).select_from(table)) or 0
        for table in (StreamImage, Image)
    ]
    return found[0], found[1]


@on_both_databases
def test_an_image_is_stored_and_waits_for_a_learner(
    lead: TestClient, project: Project, session: Session
) -> None:
    answer = send(lead, project, [("cam:1", png(1))])
    assert answer.status_code == 202
    assert [(each["id"], each["verdict"], each["reason"]) for each in items(answer)] == [
        ("cam:1", "waiting", "no_learner")
    ]
    assert "no learner yet" in items(answer)[0]["detail"]
    image = session.scalars(select(Image)).one()
    assert image.origin is Origin.STREAM
    assert artifacts.exists(artifacts.image_name(image.sha256))
    shown = lead.get(f"/api/v1/projects/{project.id}/stream/cam:1")
    assert shown.json() == items(answer)[0]


@on_both_databases
def test_the_same_id_again_changes_nothing(
    lead: TestClient, project: Project, session: Session
) -> None:
    first = send(lead, project, [("a", png(1)), ("b", png(2))])
    again = send(lead, project, [("b", png(2)), ("a", png(1)), ("a", png(1))])
    assert [each["id"] for each in items(again)] == ["b", "a", "a"]
    assert items(again)[1] == items(again)[2] == items(first)[0]
    assert counts(session) == (2, 2)


@on_both_databases
def test_an_id_that_means_another_image_is_refused_and_the_others_are_taken(
    lead: TestClient, project: Project, session: Session
) -> None:
    send(lead, project, [("a", png(1))])
    answer = send(lead, project, [("a", png(2)), ("b", png(3))])
    assert [(each["verdict"], each["reason"]) for each in items(answer)] == [
        ("refused", "id_reused"),
        ("waiting", "no_learner"),
    ]
    assert session.scalar(select(func.count()).select_from(StreamImage)) == 2


@on_both_databases
def test_a_picture_that_the_project_has_is_let_go_with_its_query(
    lead: TestClient, project: Project, make: Factory
) -> None:
    asked, measured, known = (
        make.query(project),
        make.image(project, Origin.HOLDOUT),
        make.image(project),
    )
    pool = make.session.get_one(Image, asked.image_id)
    sent = [artifacts.read(artifacts.image_name(each.sha256)) for each in (pool, measured, known)]
    answer = send(lead, project, list(zip("abc", sent, strict=True)))
    assert answer.status_code == 200
    assert [(each["verdict"], each["reason"], each["query_id"]) for each in items(answer)] == [
        ("let_go", "duplicate", asked.id),
        ("let_go", "in_holdout", None),
        ("let_go", "duplicate", None),
    ]


@on_both_databases
def test_the_same_picture_under_another_id_is_let_go(lead: TestClient, project: Project) -> None:
    answer = send(lead, project, [("a", png(1)), ("b", png(1))])
    assert [each["verdict"] for each in items(answer)] == ["waiting", "let_go"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty_file"),
        (b"no picture", "not_an_image"),
        (pictures.SVG, "not_an_image"),
        (pictures.truncated_png(), "truncated"),
    ],
)
@on_both_databases
def test_an_unreadable_image_is_refused_and_nothing_of_it_is_kept(
    lead: TestClient, project: Project, session: Session, content: bytes, reason: str
) -> None:
    answer = send(lead, project, [("bad", content), ("good", png(1))])
    assert answer.status_code == 202
    assert [(each["verdict"], each["reason"]) for each in items(answer)] == [
        ("refused", reason),
        ("waiting", "no_learner"),
    ]
    assert counts(session) == (1, 1)
    assert lead.get(f"/api/v1/projects/{project.id}/stream/bad").status_code == 404
    assert items(send(lead, project, [("bad", png(2))]))[0]["verdict"] == "waiting"


def test_an_image_beyond_the_limits_is_refused(
    lead: TestClient, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.config import config as read_config

    monkeypatch.setenv("CUSP_IMAGE_LIMIT_BYTES", "1024")
    monkeypatch.setenv("CUSP_IMAGE_LIMIT_PIXELS", "64")
    read_config.cache_clear()
    huge = png(1, height=64, width=64)
    answer = send(lead, project, [("bytes", huge), ("pixels", png(2, height=9, width=9))])
    assert [each["reason"] for each in items(answer)] == ["too_large", "too_many_pixels"]


@pytest.mark.parametrize("size", [{"height": 5, "width": 90}, {"channels": 3}])
def test_images_of_any_size_and_color_are_taken(
    lead: TestClient, project: Project, size: dict[str, int]
) -> None:
    assert items(send(lead, project, [("a", png(1, **size))]))[0]["verdict"] == "waiting"


@pytest.mark.parametrize("client_id", ["", "a b", "../a", "ä", "x" * 65])
def test_an_id_that_cannot_be_one_is_refused(
    lead: TestClient, project: Project, client_id: str
) -> None:
    found = items(send(lead, project, [(client_id, png(1))]))[0]
    assert (found["verdict"], found["reason"]) == ("refused", "bad_id")


@pytest.mark.parametrize("state", [ProjectState.DRAFT, ProjectState.PAUSED, ProjectState.FINISHED])
@on_both_databases
def test_only_a_running_project_takes_images(
    lead: TestClient, project: Project, session: Session, state: ProjectState
) -> None:
    session.get_one(Project, project.id).state = state
    session.commit()
    answer = send(lead, project, [("a", png(1))])
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/stream-closed"
    assert counts(session) == (0, 0)


def test_a_project_without_images_has_no_size_yet(
    make: Factory, sign_in_as: SignIn, session: Session
) -> None:
    bare = make.project()
    answer = send(sign_in_as(make.member(bare, Role.LEAD)), bare, [("a", png(1))])
    assert answer.json()["type"] == "/problems/no-images-yet"


def test_a_stream_that_nobody_judges_is_full_one_day(
    lead: TestClient, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_WAITING", 2)
    send(lead, project, [("a", png(1)), ("b", png(2))])
    assert send(lead, project, [("c", png(3))]).status_code == 429


def test_a_form_without_pairs_or_with_too_many_is_refused(
    lead: TestClient, project: Project
) -> None:
    address = f"/api/v1/projects/{project.id}/stream"
    image = ("image", ("x.png", png(1)))
    assert lead.post(address, files=[image]).status_code == 422
    assert lead.post(address, files=[image], data={"id": ["a", "b"]}).status_code == 422
    assert lead.post(address, files=[("id", ("x.png", b"x")), image]).status_code == 422
    assert lead.post(address, json={"id": "a"}).status_code == 415
    many = send(lead, project, [(str(n), b"") for n in range(101)])
    assert many.status_code == 413


@on_both_databases
def test_annotators_strangers_and_nobody_may_not_send(
    client: TestClient, project: Project, make: Factory, sign_in_as: SignIn
) -> None:
    assert send(client, project, [("a", png(1))]).status_code == 401
    assert send(sign_in_as(make.member(project)), project, [("a", png(1))]).status_code == 403
    assert send(sign_in_as(make.user()), project, [("a", png(1))]).status_code == 404


def test_a_token_sends_as_its_owner(client: TestClient, project: Project, make: Factory) -> None:
    token = make.token(make.member(project, Role.LEAD))
    client.headers["Authorization"] = f"Bearer {token}"
    assert send(client, project, [("a", png(1))]).status_code == 202
    del client.headers["Authorization"]


@on_both_databases
def test_an_image_of_another_project_is_not_there(
    lead: TestClient, project: Project, make: Factory, session: Session
) -> None:
    other = make.project(channels=1, height=28, width=28)
    image = make.image(other, Origin.STREAM)
    session.add(StreamImage(project_id=other.id, client_id="a", content="x", image_id=image.id))
    session.commit()
    assert lead.get(f"/api/v1/projects/{project.id}/stream/a").status_code == 404


@on_both_databases
def test_what_was_judged_is_told_again_and_again(
    lead: TestClient, project: Project, make: Factory, session: Session
) -> None:
    send(lead, project, [("a", png(1))])
    row = session.scalars(select(StreamImage)).one()
    query: Query = make.query(project, image=session.get_one(Image, row.image_id))
    row.verdict, row.reason, row.query_id = StreamVerdict.ASKED, "uncertain", query.id
    session.commit()
    for _ in range(2):
        answer = send(lead, project, [("a", png(1))])
        assert answer.status_code == 200
        assert (items(answer)[0]["verdict"], items(answer)[0]["query_id"]) == ("asked", query.id)
