"""Queries as leads list and open them over REST."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.tables import Project, User
from app.words import (
    Answer,
    Origin,
    Outcome,
    QueryState,
    Source,
)
from tests.factories import Factory

SignIn = Callable[[User], TestClient]

on_both = pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)


def _queries(client: TestClient, project: Project, **asked: Any) -> Any:
    response = client.get(f"/api/v1/projects/{project.id}/queries", params=asked)
    assert response.status_code == 200, response.text
    return response.json()


def test_queries_are_listed_newest_first_in_pages(
    make: Factory, lead: TestClient, project: Project
) -> None:
    ids = [make.query(project).id for _ in range(5)]
    first = _queries(lead, project, limit=3)
    assert [query["id"] for query in first["items"]] == ids[:1:-1]
    second = _queries(lead, project, limit=3, after=first["next"])
    assert [query["id"] for query in second["items"]] == ids[1::-1]
    assert second["next"] is None


def test_queries_are_filtered_by_source_state_and_outcome(
    make: Factory, lead: TestClient, project: Project
) -> None:
    wanted = make.query(
        project,
        source=Source.SYNTHESIZED,
        state=QueryState.SETTLED,
        outcome=Outcome.UNRECOGNIZABLE,
    )
    make.query(project)
    for asked in (
        {"source": "synthesized"},
        {"state": "settled"},
        {"outcome": "unrecognizable"},
    ):
        assert [query["id"] for query in _queries(lead, project, **asked)["items"]] == [wanted.id]
    assert _queries(lead, project, source="explore")["items"] == []


@pytest.mark.parametrize(
    "asked", ["source=secret", "state=name", "after=0", "limit=0", "limit=501", "outcome=%00"]
)
def test_filters_take_known_values_only(lead: TestClient, project: Project, asked: str) -> None:
    assert lead.get(f"/api/v1/projects/{project.id}/queries?{asked}").status_code == 422


def test_a_query_shows_where_it_comes_from(
    make: Factory, lead: TestClient, project: Project
) -> None:
    image = make.image(project, Origin.SYNTHESIZED)
    query = make.query(project, image=image, provenance={"seed": 7, "latent": [0.1, 0.2]})
    make.label(query, make.member(project, user=make.user(name="Ada")), Answer.UNRECOGNIZABLE)
    found = lead.get(f"/api/v1/projects/{project.id}/queries/{query.id}").json()
    assert found["provenance"] == {"seed": 7, "latent": [0.1, 0.2]}
    assert found["origin"] == "synthesized"
    assert [(label["name"], label["answer"]) for label in found["labels"]] == [
        ("Ada", "unrecognizable")
    ]


def test_an_answer_about_a_real_image_is_told_apart(
    make: Factory, lead: TestClient, project: Project
) -> None:
    query, (one, *_) = make.query(project), make.classes(project)
    twin = make.image(project).id
    for twin_id in (None, twin):
        make.label(
            query, make.member(project), Answer.CLASS, class_id=one.id, twin_image_id=twin_id
        )
    found = lead.get(f"/api/v1/projects/{project.id}/queries/{query.id}").json()
    assert sorted(label["of_twin"] for label in found["labels"]) == [False, True]
    page = lead.get(f"/projects/{project.id}/queries/{query.id}").text
    assert page.count("a real image</span>") == 1


def test_a_query_of_another_project_is_not_found(
    make: Factory, lead: TestClient, project: Project
) -> None:
    query = make.query(make.project())
    assert lead.get(f"/api/v1/projects/{project.id}/queries/{query.id}").status_code == 404
