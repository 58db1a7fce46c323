"""How each person likes to label in each project."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app import database
from app.labeling import lending_service, preferences_service
from app.labeling.preferences_schemas import Preferences
from app.projects.settings import UsualWay
from app.tables import ProjectClass, User, now
from tests.app.labeling.conftest import Desk, actor_of, on_both_databases
from tests.factories import Factory

SignIn = Callable[[User], TestClient]

NOTHING = {"way": None, "grid_size": 20, "keys": {}}


def _read(desk: Desk, user: User) -> Preferences:
    with database.reading() as session:
        return preferences_service.read(session, actor_of(user), desk.project.id)


def _save(desk: Desk, user: User, **wanted: Any) -> None:
    with database.writing() as session:
        preferences_service.save(session, actor_of(user), desk.project.id, Preferences(**wanted))


@on_both_databases
def test_the_last_choice_stands_and_is_one_persons_in_one_project(desk: Desk) -> None:
    _save(desk, desk.ann, way="grid", grid_size=50)
    _save(desk, desk.ann, way="single", keys={"skip": "K"})
    assert _read(desk, desk.ann) == Preferences(way="single", keys={"skip": "k"})
    assert _read(desk, desk.bob) == Preferences()
    elsewhere = Desk(desk.make)
    assert _read(elsewhere, desk.ann) == Preferences()


def test_keys_of_an_archived_class_are_forgotten(desk: Desk) -> None:
    five, seven = desk.classes
    _save(desk, desk.ann, keys={f"class:{five}": "f", f"class:{seven}": "j"})
    with database.reading() as session:
        row = session.get_one(ProjectClass, five)
    desk.change(row, archived_at=now())
    assert _read(desk, desk.ann).keys == {f"class:{seven}": "j"}


@pytest.mark.parametrize("way", list(UsualWay))
def test_the_page_begins_with_preferences_and_the_projects_own_way(
    open_desk: Callable[..., Desk], way: UsualWay
) -> None:
    desk = open_desk(way=way)
    _save(desk, desk.ann, grid_size=30)
    with database.reading() as session:
        opened = lending_service.open_page(session, actor_of(desk.ann), desk.project.id)
    assert opened.settings.way is way
    assert opened.preferences == Preferences(grid_size=30)
    assert desk.claim(desk.ann).settings.way is way


def test_preferences_over_http(make: Factory, sign_in_as: SignIn) -> None:
    project = make.project()
    five = make.classes(project)[0].id
    client = sign_in_as(make.member(project))
    address = f"/api/v1/projects/{project.id}/preferences"
    assert client.get(address).json() == NOTHING
    wanted = {"way": "grid", "grid_size": 30, "keys": {f"class:{five}": "s", "skip": "k"}}
    assert client.put(address, json=wanted).json() == wanted
    assert client.get(address).json() == wanted
    assert client.put(address, json={}).json() == NOTHING


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"way": "walk"}, "'single' or 'grid'"),
        ({"grid_size": 11}, "10, 20, 30 or 50"),
        ({"grid_size": 10**30}, "grid_size"),
        ({"size": 10}, "Extra inputs"),
        ({"keys": {"skip": 7}}, "valid string"),
        ({"keys": {"skip": "k" * 1000}}, "at most 40"),
        ({"keys": {f"class:{number}": "k" for number in range(1000)}}, "at most 300"),
        ({"keys": {"class:1 OR 1=1": "k"}}, "neither a class in use"),
        ({"keys": {"__proto__": "k"}}, "neither a class in use"),
        ({"keys": {"skip": "u"}}, "would mean cannot tell and skip"),
        ({"keys": {"skip": "<script>"}}, "is not one key"),
        ([], "valid dictionary"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(
    make: Factory, sign_in_as: SignIn, wanted: object, told: str
) -> None:
    project = make.project()
    client = sign_in_as(make.member(project))
    address = f"/api/v1/projects/{project.id}/preferences"
    refused = client.put(address, json=wanted)
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert told in refused.text
    assert client.get(address).json() == NOTHING


def test_a_class_of_a_foreign_project_gets_no_key(make: Factory, sign_in_as: SignIn) -> None:
    project = make.project()
    foreign = make.classes(make.project())[0].id
    client = sign_in_as(make.member(project))
    address = f"/api/v1/projects/{project.id}/preferences"
    refused = client.put(address, json={"keys": {f"class:{foreign}": "f"}})
    assert refused.json()["type"] == "/problems/bad-key"


def test_a_page_of_somebody_else_changes_nothing(make: Factory, sign_in_as: SignIn) -> None:
    project = make.project()
    client = sign_in_as(make.member(project))
    address = f"/api/v1/projects/{project.id}/preferences"
    other = {"Cusp-User": str(make.user().id)}
    assert client.put(address, json={"way": "grid"}, headers=other).status_code == 401
    assert client.get(address).json() == NOTHING
