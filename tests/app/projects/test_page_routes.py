"""The pages of projects: who sees which, and that no name breaks out of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from app.tables import Project, User
from app.words import ProjectState, Role
from tests.factories import Factory

EVIL = "</script><img src=x onerror=alert(1)>"


def test_an_annotator_with_one_running_project_goes_straight_to_it(
    make: Factory, sign_in_as: Callable[[User], TestClient]
) -> None:
    project = make.project()
    user = make.member(make.project(state=ProjectState.PAUSED))
    make.member(project, user=user)
    answer = sign_in_as(user).get("/")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/projects/{project.id}/label",
    )


def test_several_running_projects_are_listed(
    make: Factory, sign_in_as: Callable[[User], TestClient]
) -> None:
    one, other = make.project(), make.project()
    user = make.member(one)
    make.member(other, user=user)
    page = sign_in_as(user).get("/").text
    assert one.name in page
    assert other.name in page


def test_a_lead_sees_the_list(make: Factory, sign_in_as: Callable[[User], TestClient]) -> None:
    project = make.project(question="Which digit?")
    answer = sign_in_as(make.member(project, Role.LEAD)).get("/")
    assert answer.status_code == 200
    assert "Which digit?" in answer.text


@pytest.mark.parametrize(
    ("is_admin", "part"), [(True, "/projects/new"), (False, "not in a project")]
)
def test_an_empty_list_says_what_to_do(
    make: Factory, sign_in_as: Callable[[User], TestClient], *, is_admin: bool, part: str
) -> None:
    assert part in sign_in_as(make.user(is_admin=is_admin)).get("/").text


def test_the_form_for_a_new_project_is_for_admins(
    make: Factory, sign_in_as: Callable[[User], TestClient]
) -> None:
    assert sign_in_as(make.user()).get("/projects/new").status_code == 403
    assert "GAAL as published" in sign_in_as(make.admin()).get("/projects/new").text


@pytest.mark.parametrize(("role", "status"), [(Role.ANNOTATOR, 403), (Role.LEAD, 200)])
def test_settings_are_for_leads(
    make: Factory, sign_in_as: Callable[[User], TestClient], role: Role, status: int
) -> None:
    project = make.project()
    client = sign_in_as(make.member(project, role))
    assert client.get(f"/projects/{project.id}/settings").status_code == status
    assert client.get(f"/projects/{make.project().id}/settings").status_code == 404


def test_no_name_breaks_out_of_a_page(
    make: Factory, sign_in_as: Callable[[User], TestClient]
) -> None:
    project = make.project(name=f"p{EVIL}", question=EVIL, guidelines=EVIL, classes=[EVIL, "b"])
    client = sign_in_as(make.admin())
    make.member(project, Role.LEAD, make.user(name=EVIL))
    client.patch(f"/api/v1/projects/{project.id}", json={"question": f"{EVIL}?"})
    for path in ("/", f"/projects/{project.id}/settings"):
        page = client.get(path).text
        assert EVIL not in page
        assert "&lt;/script&gt;" in page


def test_the_settings_page_has_a_rest_call_beside_each_section(
    make: Factory, sign_in_as: Callable[[User], TestClient]
) -> None:
    project: Project = make.project()
    page = sign_in_as(make.admin()).get(f"/projects/{project.id}/settings").text
    for section in ("about", "images", "classes", "budget", "people", "loop", "export", "history"):
        assert f'id="rest-{section}-1"' in page
    assert f"http://127.0.0.1:8000/api/v1/projects/{project.id}/budget" in page


def test_pages_hold_no_script_and_no_style_of_their_own(
    make: Factory, sign_in_as: Callable[[User], TestClient]
) -> None:
    project = make.project()
    client = sign_in_as(make.admin())
    for path in ("/", "/projects/new", f"/projects/{project.id}/settings"):
        page = client.get(path).text
        assert "style=" not in page
        assert "<style" not in page
        assert " onclick=" not in page
