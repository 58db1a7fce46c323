from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from app.dashboards import plotly_bundle
from app.tables import Project, User
from app.words import ProjectState, Role
from tests.app.dashboards import seeding
from tests.factories import Factory

SignIn = Callable[[User], TestClient]
TABS = ("rounds", "queries", "images", "people", "generator", "activity")


@pytest.fixture
def project(make: Factory) -> Project:
    return make.project(name="Digits")


@pytest.fixture
def lead(make: Factory, project: Project, sign_in_as: SignIn) -> TestClient:
    return sign_in_as(make.member(project, Role.LEAD))


def test_an_annotator_is_sent_to_label(make: Factory, project: Project, sign_in_as: SignIn) -> None:
    response = sign_in_as(make.member(project)).get(f"/projects/{project.id}")
    assert response.status_code == 303
    assert response.headers["location"] == f"/projects/{project.id}/label"


def test_an_admin_sees_the_page_without_being_a_member(
    make: Factory, project: Project, sign_in_as: SignIn
) -> None:
    assert sign_in_as(make.admin()).get(f"/projects/{project.id}").status_code == 200


def test_strangers_see_nothing(make: Factory, project: Project, client: TestClient) -> None:
    assert client.get(f"/projects/{project.id}").status_code == 303


def test_a_member_of_another_project_finds_nothing(
    make: Factory, project: Project, sign_in_as: SignIn
) -> None:
    client = sign_in_as(make.member(make.project(), Role.LEAD))
    assert client.get(f"/projects/{project.id}").status_code == 404


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_has_words_for_an_empty_project(
    lead: TestClient, project: Project, tab: str
) -> None:
    page = lead.get(f"/projects/{project.id}?tab={tab}")
    assert page.status_code == 200
    assert f'aria-labelledby="tab-{tab}"' in page.text
    assert "None" not in page.text


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_shows_a_lively_project(make: Factory, sign_in_as: SignIn, tab: str) -> None:
    project = seeding.lively(make, rounds=4)
    client = sign_in_as(make.member(project, Role.LEAD))
    page = client.get(f"/projects/{project.id}?tab={tab}")
    assert page.status_code == 200
    assert 'class="empty"' not in page.text
    assert "style=" not in page.text


def test_an_empty_project_teaches_the_next_step(
    make: Factory, lead: TestClient, project: Project
) -> None:
    project.state = ProjectState.DRAFT
    make.session.commit()
    page = lead.get(f"/projects/{project.id}").text
    assert "Set this project up" in page
    assert f"/projects/{project.id}/settings#images" in page
    assert "data-chart" not in page


def test_a_running_project_without_a_holdout_is_told_how_to_get_one(
    make: Factory, lead: TestClient, project: Project
) -> None:
    make.image(project)
    page = lead.get(f"/projects/{project.id}").text
    assert "Add a holdout" in page
    assert "Not measured yet." in page


def test_an_empty_choice_of_a_form_is_no_choice(lead: TestClient, project: Project) -> None:
    address = f"/projects/{project.id}?tab=queries&source=&state=&outcome=&after="
    assert lead.get(address).status_code == 200


@pytest.mark.parametrize("asked", ["tab=secrets", "source=all", "target=2", "after=-1"])
def test_an_address_that_makes_no_sense_is_refused(
    lead: TestClient, project: Project, asked: str
) -> None:
    assert lead.get(f"/projects/{project.id}?{asked}").status_code == 422


def test_names_are_escaped(make: Factory, lead: TestClient, project: Project) -> None:
    make.project_class(project, "</script><b>")
    project.notice = "<script>alert(1)</script>"
    make.session.commit()
    page = lead.get(f"/projects/{project.id}?tab=images").text
    assert "<script>alert" not in page
    assert "</script><b>" not in page


def test_a_query_has_a_page_of_its_own(make: Factory, lead: TestClient, project: Project) -> None:
    query = make.query(project, provenance={"latent": [0.25] * 24, "seed": 7})
    page = lead.get(f"/projects/{project.id}/queries/{query.id}")
    assert page.status_code == 200
    assert "0.25, 0.25, 0.25, 0.25, … (24 numbers)" in page.text
    assert lead.get(f"/projects/{project.id}/queries/{query.id + 1}").status_code == 404


def test_plotly_is_served_for_good_and_in_a_quarter_of_its_size(client: TestClient) -> None:
    address = f"/plotly/{plotly_bundle.VERSION}.js"
    small = client.get(address, headers={"Accept-Encoding": "gzip"})
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    assert "immutable" in small.headers["cache-control"]
    assert int(small.headers["content-length"]) < len(plain.content) / 3
    assert small.content == plain.content == plotly_bundle.path().read_bytes()
    assert client.get("/plotly/0.0.0.js").status_code == 404


def test_the_bundle_names_the_styles_that_it_would_inject() -> None:
    assert all(len(each) == 64 for each in plotly_bundle.guarded_styles())
    assert "no-inline-styles" in plotly_bundle.path().read_text("utf-8")
