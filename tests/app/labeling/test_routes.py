from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from app.rounds import wake as waking
from app.tables import User
from app.words import Answer, Origin, Outcome, QueryState
from tests.factories import Factory

SignIn = Callable[[User], TestClient]


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The projects whose machine was woken."""
    projects: list[int] = []
    monkeypatch.setattr(waking, "wake", projects.append)
    monkeypatch.setattr(waking, "_rests_until", {})
    return projects


def _answer(query_id: int, **fields: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "query_id": query_id, "duration_ms": 900, **fields}


def test_claim_answer_undo_and_give_back(
    make: Factory, sign_in_as: SignIn, woken: list[int]
) -> None:
    project = make.project()
    queries = [make.query(project, priority=float(-rank)).id for rank in range(3)]
    five = make.classes(project)[0].id
    client = sign_in_as(make.member(project))
    base = f"/api/v1/projects/{project.id}"

    lent = client.post(f"{base}/claims?limit=3").json()
    assert lent["state"] == "open"
    assert [query["id"] for query in lent["queries"]] == queries
    assert set(lent["queries"][0]) >= {"id", "image_url", "expires_at", "class_ids"}

    answer = _answer(queries[0], answer="class", **{"class": five})
    stored = client.post("/api/v1/labels", json=[answer, {"id": "bad"}])
    assert stored.status_code == 200
    first, second = stored.json()["verdicts"]
    assert first == {
        "id": answer["id"],
        "query_id": queries[0],
        "verdict": "stored",
        "problem": None,
    }
    assert (second["verdict"], second["problem"]["slug"]) == ("refused", "bad-answer")
    assert woken == [project.id]

    undone = client.delete(f"/api/v1/labels/{answer['id']}").json()
    assert undone == {"id": answer["id"], "query_id": queries[0], "open": True}
    assert woken == [project.id] * 2

    released = client.post(f"{base}/claims/release", json={"query_ids": queries})
    assert released.json() == {"released": 2}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/v1/projects/{}/claims", None),
        ("POST", "/api/v1/projects/{}/claims/release", {"query_ids": []}),
        ("GET", "/api/v1/projects/{}/progress", None),
        ("GET", "/api/v1/projects/{}/guidelines", None),
        ("GET", "/projects/{}/label", None),
    ],
)
def test_a_foreign_project_looks_like_none(
    make: Factory, sign_in_as: SignIn, method: str, path: str, body: object
) -> None:
    foreign = make.project()
    client = sign_in_as(make.member(make.project()))
    assert client.request(method, path.format(foreign.id), json=body).status_code == 404


@pytest.mark.parametrize("body", [None, {}, "answer", {"id": 1}])
def test_what_is_no_list_of_answers_is_refused(
    make: Factory, sign_in_as: SignIn, body: object
) -> None:
    client = sign_in_as(make.member(make.project()))
    assert client.post("/api/v1/labels", json=body).status_code == 422


def test_too_many_answers_at_once_are_refused_with_a_sentence(
    make: Factory, sign_in_as: SignIn
) -> None:
    client = sign_in_as(make.member(make.project()))
    refused = client.post("/api/v1/labels", json=[{}] * 201)
    assert refused.status_code == 413
    assert "at most 200" in refused.json()["detail"]


def test_undo_of_a_label_of_somebody_else_finds_nothing(make: Factory, sign_in_as: SignIn) -> None:
    project = make.project()
    label = make.label(make.query(project), make.member(project))
    client = sign_in_as(make.member(project))
    assert client.delete(f"/api/v1/labels/{label.id}").status_code == 404
    assert client.delete("/api/v1/labels/nonsense").status_code == 404


def test_a_page_never_sends_answers_for_somebody_else(make: Factory, sign_in_as: SignIn) -> None:
    project = make.project()
    query, ann, bob = make.query(project), make.member(project), make.member(project)
    client = sign_in_as(bob)
    answers = [_answer(query.id, answer="unrecognizable")]
    refused = client.post("/api/v1/labels", json=answers, headers={"Cusp-User": str(ann.id)})
    assert refused.status_code == 401
    assert refused.json()["type"] == "/problems/somebody-else"
    taken = client.post("/api/v1/labels", json=answers, headers={"Cusp-User": str(bob.id)})
    assert taken.json()["verdicts"][0]["verdict"] == "stored"


def test_a_page_is_lent_nothing_and_told_nothing_for_somebody_else(
    make: Factory, sign_in_as: SignIn
) -> None:
    project = make.project()
    make.query(project)
    client, page_of_another = sign_in_as(make.member(project)), {"Cusp-User": "nobody"}
    for method, call in (("POST", "claims"), ("GET", "progress")):
        address = f"/api/v1/projects/{project.id}/{call}"
        refused = client.request(method, address, headers=page_of_another)
        assert refused.json()["type"] == "/problems/somebody-else"


def test_progress_counts_ones_own_answers(make: Factory, sign_in_as: SignIn) -> None:
    project = make.project()
    ann, bob = make.member(project), make.member(project)
    five = make.classes(project)[0]
    for duration in (1000, 3000):
        make.label(make.query(project), ann, Answer.CLASS, class_id=five.id, duration_ms=duration)
    make.label(make.query(project), ann, Answer.UNRECOGNIZABLE, duration_ms=2000)
    make.label(make.query(project), ann, Answer.SKIP)
    make.label(make.query(project), bob, Answer.UNRECOGNIZABLE)
    progress = sign_in_as(ann).get(f"/api/v1/projects/{project.id}/progress").json()
    assert (progress["answers_today"], progress["answers_total"]) == (3, 3)
    assert (progress["refusals_total"], progress["skips_total"]) == (1, 1)
    assert progress["median_seconds"] == 2.0
    assert progress["answers_left"] is None
    assert len(progress["history"]) == 4
    assert progress["history"][-1]["class_name"] == "five"


def test_guidelines_come_with_examples_of_each_class(make: Factory, sign_in_as: SignIn) -> None:
    project = make.project(guidelines="Say what you see.")
    five, seven = make.classes(project)
    known = make.image(project, Origin.HOLDOUT, class_id=five.id)
    agreed = make.image(project)
    make.query(
        project,
        image=agreed,
        state=QueryState.SETTLED,
        outcome=Outcome.CLASS,
        outcome_class_id=seven.id,
    )
    client = sign_in_as(make.member(project))
    told = client.get(f"/api/v1/projects/{project.id}/guidelines").json()
    assert told["guidelines"] == "Say what you see."
    assert [each["image_urls"] for each in told["classes"]] == [
        [f"/images/{known.sha256}.png"],
        [f"/images/{agreed.sha256}.png"],
    ]


def test_the_page_carries_names_as_data_only(make: Factory, sign_in_as: SignIn) -> None:
    odd = "</script><b>"
    project = make.project(classes=[odd, "seven"], question=odd)
    page = sign_in_as(make.member(project)).get(f"/projects/{project.id}/label")
    assert page.status_code == 200
    assert odd not in page.text
    assert "\\u003c/script\\u003e" in page.text
