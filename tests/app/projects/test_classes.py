"""Classes over REST: added, renamed, given keys, moved, archived."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.tables import Project
from app.words import Answer, ProjectState
from tests.app.projects.conftest import Api, on_both_databases
from tests.factories import Factory

pytestmark = on_both_databases


@pytest.fixture
def api(make: Factory, as_lead: Callable[[Project], Api]) -> Api:
    return as_lead(make.project(classes=["five", "seven", "nine"], state=ProjectState.DRAFT))


def _names(api: Api) -> list[str]:
    return [each["name"] for each in api.ask("GET", "/classes").json()["items"]]


def _id(api: Api, name: str) -> int:
    items = api.ask("GET", "/classes").json()["items"]
    return next(each["id"] for each in items if each["name"] == name)


@pytest.mark.parametrize("name", ["</script><script>alert(1)</script>", "🦊", "ثمانية", "a'b\"c"])
def test_a_class_may_have_any_readable_name(api: Api, name: str) -> None:
    added = api.ask("POST", "/classes", {"name": name})
    assert added.status_code == 201
    assert added.json() | {"id": 0} == {
        "id": 0,
        "name": name,
        "key": "4",
        "position": 3,
        "archived": False,
        "answers": 0,
    }


@pytest.mark.parametrize(
    ("body", "status", "part"),
    [
        ({"name": "Five"}, 409, "already has a class called five"),
        ({"name": "\u200b"}, 422, "must not be empty"),
        ({"name": "six", "key": "S"}, 422, "skips the image"),
        ({"name": "six", "key": "ctrl+w"}, 422, "not one key"),
        ({"name": "six", "key": "1"}, 409, "already answers five"),
        ({"name": "six", "position": 0}, 422, "position"),
        ({}, 422, "name"),
    ],
)
def test_a_class_that_does_not_fit_is_refused(
    api: Api, body: dict[str, Any], status: int, part: str
) -> None:
    answer = api.ask("POST", "/classes", body)
    assert answer.status_code == status
    assert part in answer.json()["detail"]
    assert len(_names(api)) == 3


def test_a_class_is_renamed_and_given_a_key(api: Api) -> None:
    edited = api.ask("PATCH", f"/classes/{_id(api, 'five')}", {"name": "FIVE", "key": "F"})
    assert (edited.json()["name"], edited.json()["key"]) == ("FIVE", "f")
    assert api.ask("PATCH", f"/classes/{edited.json()['id']}", {"key": ""}).json()["key"] == ""


def test_a_class_cannot_take_anothers_name_or_key(api: Api) -> None:
    place = f"/classes/{_id(api, 'five')}"
    assert api.ask("PATCH", place, {"name": "SEVEN"}).status_code == 409
    assert api.ask("PATCH", place, {"key": "2"}).status_code == 409
    assert api.ask("PATCH", place, {"key": "Escape"}).status_code == 422
    assert _names(api) == ["five", "seven", "nine"]


def test_a_class_moves(api: Api) -> None:
    api.ask("PATCH", f"/classes/{_id(api, 'nine')}", {"position": 0})
    assert _names(api) == ["nine", "five", "seven"]
    api.ask("PATCH", f"/classes/{_id(api, 'nine')}", {"position": 199})
    assert _names(api) == ["five", "seven", "nine"]


def test_an_archived_class_stays_gives_its_key_free_and_comes_back_with_another(api: Api) -> None:
    five = _id(api, "five")
    assert api.ask("PATCH", f"/classes/{five}", {"archived": True}).json()["archived"] is True
    assert _names(api) == ["seven", "nine", "five"]
    again = api.ask("POST", "/classes", {"name": "five"})
    assert "bring it back" in again.json()["detail"]
    assert api.ask("POST", "/classes", {"name": "one", "key": "1"}).status_code == 201
    back = api.ask("PATCH", f"/classes/{five}", {"archived": False}).json()
    assert (back["archived"], back["key"]) == (False, "4")


def test_a_running_project_keeps_two_classes(
    make: Factory, as_lead: Callable[[Project], Api]
) -> None:
    api = as_lead(make.project())
    answer = api.ask("PATCH", f"/classes/{_id(api, 'five')}", {"archived": True})
    assert answer.status_code == 409
    assert "pause it first" in answer.json()["detail"]


def test_a_class_tells_how_many_answers_name_it(
    make: Factory, as_lead: Callable[[Project], Api]
) -> None:
    project = make.project()
    make.label(
        make.query(project),
        make.member(project),
        Answer.CLASS,
        class_id=make.classes(project)[0].id,
    )
    answers = [each["answers"] for each in as_lead(project).ask("GET", "/classes").json()["items"]]
    assert answers == [1, 0]


def test_a_foreign_class_is_not_found(make: Factory, api: Api) -> None:
    foreign = make.classes(make.project())[0]
    answer = api.ask("PATCH", f"/classes/{foreign.id}", {"name": "mine"})
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown-class")
    assert api.ask("DELETE", f"/classes/{foreign.id}").status_code == 405


def test_two_hundred_classes_are_the_most(make: Factory, as_lead: Callable[[Project], Api]) -> None:
    project = make.project(classes=[])
    api = as_lead(project)
    for number in range(199):
        make.project_class(project, f"class {number}")
    assert api.ask("POST", "/classes", {"name": "the last"}).status_code == 201
    assert "200" in api.ask("POST", "/classes", {"name": "one more"}).json()["detail"]
