"""Projects over REST: created, listed, edited, started, paused, finished."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.tables import Project, Stage, User
from app.words import ProjectState, Role, StageState
from tests.app.projects.conftest import Api, on_both_databases
from tests.factories import Factory

pytestmark = on_both_databases

NEW = {"name": "Digits", "question": "Which digit?", "classes": ["five", {"name": "7", "key": "7"}]}


def _create(client: TestClient, **changed: Any) -> Any:
    return client.post("/api/v1/projects", json=NEW | changed)


@pytest.fixture
def admin(make: Factory, sign_in_as: Callable[[User], TestClient]) -> TestClient:
    return sign_in_as(make.admin())


def test_a_new_project_is_a_draft_with_classes_settings_and_an_open_budget(
    admin: TestClient,
) -> None:
    made = _create(admin)
    assert made.status_code == 201
    project = made.json()
    assert (project["state"], project["settings_version"]) == ("draft", 1)
    assert [(each["name"], each["key"]) for each in project["class_list"]] == [
        ("five", "1"),
        ("7", "7"),
    ]
    assert project["budget"]["answers_left"] is None
    assert project["next_step"]["place"] == "images"


def test_a_project_may_begin_with_the_papers_preset(admin: TestClient) -> None:
    project_id = _create(admin, preset="paper").json()["id"]
    settings = admin.get(f"/api/v1/projects/{project_id}/settings").json()["settings"]
    assert settings["mode"] == "strict"


@pytest.mark.parametrize(
    ("changed", "status", "part"),
    [
        ({"name": " "}, 422, "must not be empty"),
        ({"name": "x" * 101}, 422, "100"),
        ({"state": "running"}, 422, "state"),
        ({"preset": "best"}, 422, "Choose one of: default, paper"),
        ({"preset": "paper", "settings": {}}, 422, "not both"),
        ({"settings": {"pool": {"name": "x"}}}, 422, "There is no strategy called 'x'"),
        ({"classes": ["five", "FIVE"]}, 409, "already has a class called five"),
        ({"classes": [{"name": "a", "key": "u"}]}, 422, "nobody can tell"),
        ({"classes": [{"name": "a", "key": "q"}, {"name": "b", "key": "Q"}]}, 409, "answers a"),
        ({"classes": [{"name": ""}]}, 422, "must not be empty"),
        ({"classes": [str(number) for number in range(201)]}, 422, "200"),
        ({"question": "a\u0000b"}, 422, "control"),
    ],
)
def test_a_project_that_does_not_fit_is_refused_with_a_sentence(
    admin: TestClient, changed: dict[str, Any], status: int, part: str
) -> None:
    answer = _create(admin, **changed)
    assert answer.status_code == status
    assert part in answer.json()["detail"]
    assert admin.get("/api/v1/projects").json()["items"] == []


def test_two_projects_cannot_have_one_name(admin: TestClient) -> None:
    _create(admin)
    answer = _create(admin, name="  DIGITS ")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/project-name-taken")


def test_only_admins_create_projects(
    make: Factory, sign_in_as: Callable[[User], TestClient], client: TestClient
) -> None:
    assert _create(client).status_code == 401
    lead = sign_in_as(make.member(make.project(), Role.LEAD))
    assert _create(lead).status_code == 403


def test_members_list_their_own_projects_and_admins_all_of_them(
    make: Factory, sign_in_as: Callable[[User], TestClient]
) -> None:
    own, foreign = make.project(), make.project()
    user = make.member(own)
    items = sign_in_as(user).get("/api/v1/projects").json()["items"]
    assert [(each["id"], each["role"]) for each in items] == [(own.id, "annotator")]
    items = sign_in_as(make.admin()).get("/api/v1/projects").json()["items"]
    assert [each["id"] for each in items] == [own.id, foreign.id]


def test_lists_go_on_where_they_ended(make: Factory, admin: TestClient) -> None:
    ids = [make.project().id for _ in range(5)]
    first = admin.get("/api/v1/projects?limit=3").json()
    then = admin.get(f"/api/v1/projects?limit=3&after={first['next']}").json()
    assert [each["id"] for each in first["items"] + then["items"]] == ids
    assert then["next"] is None


def test_a_foreign_project_looks_like_none(
    make: Factory, sign_in_as: Callable[[User], TestClient]
) -> None:
    foreign = make.project()
    client = sign_in_as(make.member(make.project(), Role.LEAD))
    for path in ("", "/settings", "/budget", "/members", "/classes", "/audit"):
        assert client.get(f"/api/v1/projects/{foreign.id}{path}").status_code == 404
    for action in ("start", "pause", "finish"):
        assert client.post(f"/api/v1/projects/{foreign.id}/{action}").status_code == 404


def test_an_annotator_sees_a_project_and_changes_nothing(
    make: Factory, sign_in_as: Callable[[User], TestClient]
) -> None:
    project = make.project()
    api = Api(sign_in_as(make.member(project)), project.id)
    assert api.ask("GET").json()["role"] == "annotator"
    for method, path in [
        ("PATCH", ""),
        ("POST", "/start"),
        ("POST", "/classes"),
        ("PUT", "/settings"),
        ("PUT", "/budget"),
        ("POST", "/members"),
        ("GET", "/audit"),
    ]:
        assert api.ask(method, path, {}).status_code == 403


def test_a_patch_changes_what_it_names(make: Factory, as_lead: Callable[[Project], Api]) -> None:
    api = as_lead(make.project(name="Old", question="Which?"))
    changed = api.ask("PATCH", body={"name": " New ", "guidelines": "One.\nTwo."}).json()
    assert (changed["name"], changed["question"]) == ("New", "Which?")
    assert changed["guidelines"] == "One.\nTwo."
    assert api.ask("PATCH", body={"name": "NEW"}).json()["name"] == "NEW"


@pytest.mark.parametrize("field", ["state", "settings", "settings_version", "id", "channels"])
def test_a_patch_assigns_nothing_else(
    make: Factory, as_lead: Callable[[Project], Api], field: str
) -> None:
    assert as_lead(make.project()).ask("PATCH", body={field: 1}).status_code == 422


def test_a_project_without_images_does_not_start(
    make: Factory, as_lead: Callable[[Project], Api]
) -> None:
    answer = as_lead(make.project(state=ProjectState.DRAFT)).ask("POST", "/start")
    assert answer.status_code == 409
    assert "no images" in answer.json()["detail"]


def test_a_project_with_one_class_does_not_start(
    make: Factory, images: Callable[[Project], Project], as_lead: Callable[[Project], Api]
) -> None:
    project = images(make.project(classes=["five"], state=ProjectState.DRAFT))
    answer = as_lead(project).ask("POST", "/start")
    assert answer.status_code == 409
    assert "at least two classes" in answer.json()["detail"]


@pytest.mark.usefixtures("machine")
def test_a_project_starts_pauses_goes_on_and_finishes(
    make: Factory,
    images: Callable[[Project], Project],
    as_lead: Callable[[Project], Api],
    fresh: Callable[[Any], Any],
) -> None:
    project = images(make.project(state=ProjectState.DRAFT, notice="The disk was full."))
    api = as_lead(project)
    assert api.ask("POST", "/pause").status_code == 409
    for action, state in [
        ("start", "running"),
        ("start", "running"),
        ("pause", "paused"),
        ("start", "running"),
        ("finish", "finished"),
        ("finish", "finished"),
    ]:
        answer = api.ask("POST", f"/{action}")
        assert (answer.status_code, answer.json()["state"]) == (200, state)
    assert fresh(project).notice == ""
    actions = [each["action"] for each in api.ask("GET", "/audit").json()["items"]]
    assert actions == [
        "project.finished",
        "project.started",
        "project.paused",
        "project.started",
    ]


@pytest.mark.usefixtures("machine")
def test_finishing_cancels_what_the_machine_was_to_do(
    make: Factory, images: Callable[[Project], Project], as_lead: Callable[[Project], Api]
) -> None:
    project = images(make.project(state=ProjectState.PAUSED))
    stages = select(Stage.state).where(Stage.project_id == project.id)
    api = as_lead(project)
    api.ask("POST", "/start")
    make.session.rollback()
    assert set(make.session.scalars(stages)) == {StageState.QUEUED}
    assert api.ask("POST", "/finish").status_code == 200
    make.session.rollback()
    assert set(make.session.scalars(stages)) == {StageState.CANCELED}


@pytest.mark.usefixtures("machine")
def test_only_an_admin_starts_a_finished_project_again(
    make: Factory,
    images: Callable[[Project], Project],
    as_lead: Callable[[Project], Api],
    as_admin: Callable[[Project], Api],
) -> None:
    project = images(make.project(state=ProjectState.FINISHED))
    assert as_lead(project).ask("POST", "/start").status_code == 403
    assert as_admin(project).ask("POST", "/start").json()["state"] == "running"


def test_the_newest_measured_round_tells_the_accuracy(
    make: Factory, as_lead: Callable[[Project], Api]
) -> None:
    project = make.project()
    make.round(project, 1, holdout_right=50, holdout_count=100)
    make.round(project, 2, holdout_right=75, holdout_count=100, answers=20)
    make.round(project, 3)
    accuracy = as_lead(project).ask("GET").json()["accuracy"]
    assert accuracy == {"share": 0.75, "right": 75, "count": 100, "answers": 20, "round": 2}
