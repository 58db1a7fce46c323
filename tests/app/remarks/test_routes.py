"""Remarks over HTTP: left once, by people of the project, and looked at by its lead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from app.remarks.service import MOST_OF_ONE
from app.tables import Project, Query, Remark, User, now
from app.words import Role
from tests.app.projects.conftest import on_both_databases
from tests.factories import Factory

SignIn = Callable[[User], TestClient]


@pytest.fixture
def query(make: Factory) -> Query:
    """A query of a project."""
    return make.query(make.project())


@pytest.fixture
def annotator(make: Factory, query: Query) -> User:
    """Somebody who labels there."""
    return make.member(_project(make, query))


@pytest.fixture
def lead(make: Factory, query: Query) -> User:
    """Somebody who leads there."""
    return make.member(_project(make, query), Role.LEAD)


def _project(make: Factory, query: Query) -> Project:
    return make.session.get_one(Project, query.project_id)


def _remark(query: Query, **fields: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "query_id": query.id, "text": "Cut off at the left.", **fields}


def _count(make: Factory) -> int:
    make.session.rollback()
    return make.session.scalar(select(func.count(Remark.id))) or 0


@on_both_databases
def test_a_remark_sent_again_changes_nothing(
    query: Query, annotator: User, sign_in_as: SignIn, make: Factory
) -> None:
    browser, sent = sign_in_as(annotator), _remark(query, flagged=True)
    first = browser.post("/api/v1/remarks", json=sent)
    again = browser.post("/api/v1/remarks", json=sent)
    assert first.status_code == 200, first.text
    assert first.json() == again.json()
    assert _count(make) == 1
    kept = make.session.get_one(Remark, sent["id"])
    assert (kept.text, kept.flagged, kept.user_id) == (sent["text"], True, annotator.id)
    assert (kept.project_id, kept.resolved_at) == (query.project_id, None)


def test_an_id_is_for_one_remark(
    query: Query, annotator: User, lead: User, sign_in_as: SignIn, make: Factory
) -> None:
    sent = _remark(query)
    sign_in_as(annotator).post("/api/v1/remarks", json=sent)
    other = sign_in_as(annotator).post("/api/v1/remarks", json={**sent, "text": "Other words."})
    stolen = sign_in_as(lead).post("/api/v1/remarks", json=sent)
    for answer in (other, stolen):
        assert answer.status_code == 409
        assert answer.json()["detail"].endswith("give each remark a new random UUID.")
    assert _count(make) == 1


def test_a_flag_needs_no_words(query: Query, annotator: User, sign_in_as: SignIn) -> None:
    sent = _remark(query, text="", flagged=True)
    assert sign_in_as(annotator).post("/api/v1/remarks", json=sent).status_code == 200


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"text": "  \n "}, "write something, or flag the query"),
        ({"text": "x" * 1001}, "1000"),
        ({"text": "a\x00b"}, "plain text"),
        ({"text": "\u202egnp.exe"}, "plain text"),
        ({"text": ["no", "text"]}, "string"),
        ({"flagged": "yes"}, "boolean"),
        ({"id": "1"}, "UUID"),
        ({"query_id": 2**40}, "2147483647"),
        ({"query_id": True}, "integer"),
        ({"resolved_at": "2020-01-01"}, "Extra"),
    ],
)
def test_a_bad_remark_is_refused_with_what_is_wrong(
    query: Query,
    annotator: User,
    sign_in_as: SignIn,
    make: Factory,
    fields: dict[str, Any],
    told: str,
) -> None:
    answer = sign_in_as(annotator).post("/api/v1/remarks", json=_remark(query, **fields))
    assert answer.status_code == 422
    assert told in answer.text
    assert _count(make) == 0


@on_both_databases
def test_half_a_sign_is_refused(
    query: Query, annotator: User, sign_in_as: SignIn, make: Factory
) -> None:
    content = f'{{"id": "{uuid4()}", "query_id": {query.id}, "text": "\\ud800"}}'
    answer = sign_in_as(annotator).post(
        "/api/v1/remarks", content=content, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 422
    assert _count(make) == 0


def test_nobody_remarks_on_a_query_of_others(
    query: Query, sign_in_as: SignIn, make: Factory
) -> None:
    for who in (make.user(), make.member(make.project(), Role.LEAD)):
        answer = sign_in_as(who).post("/api/v1/remarks", json=_remark(query))
        assert answer.status_code == 404
        unknown = sign_in_as(who).post("/api/v1/remarks", json=_remark(query, query_id=999_999))
        assert unknown.json()["detail"] == answer.json()["detail"]
    assert _count(make) == 0
    assert sign_in_as(make.admin()).post("/api/v1/remarks", json=_remark(query)).status_code == 200


def test_a_page_of_somebody_else_leaves_no_remark(
    query: Query, annotator: User, sign_in_as: SignIn, make: Factory
) -> None:
    answer = sign_in_as(annotator).post(
        "/api/v1/remarks", json=_remark(query), headers={"Cusp-User": str(annotator.id + 1)}
    )
    assert answer.status_code == 401
    assert _count(make) == 0


def test_one_person_cannot_fill_a_query_with_remarks(
    query: Query, annotator: User, sign_in_as: SignIn, make: Factory
) -> None:
    for _ in range(MOST_OF_ONE):
        make.remark(query, annotator)
    answer = sign_in_as(annotator).post("/api/v1/remarks", json=_remark(query))
    assert answer.status_code == 409
    assert "tell the lead directly" in answer.json()["detail"]


@on_both_databases
def test_a_lead_reads_what_nobody_has_looked_at_first(
    query: Query, annotator: User, lead: User, sign_in_as: SignIn, make: Factory
) -> None:
    at = now()
    old, new, done, earlier = (
        make.remark(query, annotator, text=text, at=at - timedelta(hours=hours), **columns).id
        for text, hours, columns in (
            ("old", 9, {}),
            ("new", 1, {}),
            ("done", 0, {"resolved_at": at}),
            ("done before", 8, {"resolved_at": at}),
        )
    )
    make.remark(make.query(make.project()), annotator, text="elsewhere")
    browser, address = sign_in_as(lead), f"/api/v1/projects/{query.project_id}/remarks"
    whole = browser.get(address).json()
    assert [each["id"] for each in whole["items"]] == [new, old, done, earlier]
    assert (whole["unresolved"], whole["next"]) == (2, None)
    first = whole["items"][0]
    assert (first["name"], first["text"]) == (annotator.name, "new")
    assert first["image_url"].startswith("/images/")
    seen, after = [], ""
    for _ in range(4):
        found = browser.get(f"{address}?limit=1{after}").json()
        seen += [each["id"] for each in found["items"]]
        after = f"&after={found['next']}"
    assert seen == [new, old, done, earlier]
    assert found["next"] is None


def test_a_lead_says_that_a_remark_was_looked_at_and_takes_it_back(
    query: Query, annotator: User, lead: User, sign_in_as: SignIn, make: Factory
) -> None:
    remark = make.remark(query, annotator)
    address = f"/api/v1/projects/{query.project_id}/remarks/{remark.id}/resolution"
    browser = sign_in_as(lead)
    first = browser.put(address).json()
    assert first["resolved_at"] is not None
    assert browser.put(address).json() == first
    assert browser.delete(address).json()["resolved_at"] is None
    assert browser.delete(address).status_code == 200


def test_the_same_again_does_not_reopen_what_was_looked_at(
    query: Query, annotator: User, lead: User, sign_in_as: SignIn
) -> None:
    sent = _remark(query)
    sign_in_as(annotator).post("/api/v1/remarks", json=sent)
    address = f"/api/v1/projects/{query.project_id}/remarks"
    sign_in_as(lead).put(f"{address}/{sent['id']}/resolution")
    sign_in_as(annotator).post("/api/v1/remarks", json=sent)
    assert sign_in_as(lead).get(address).json()["unresolved"] == 0


def test_the_page_shows_words_as_words(
    query: Query, annotator: User, lead: User, sign_in_as: SignIn, make: Factory
) -> None:
    make.remark(query, annotator, text="<script>alert(1)</script>", flagged=True)
    page = sign_in_as(lead).get(f"/projects/{query.project_id}/remarks")
    assert page.status_code == 200
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert f"/projects/{query.project_id}/queries/{query.id}" in page.text


def test_the_tab_of_queries_leads_to_what_waits(
    query: Query, annotator: User, lead: User, sign_in_as: SignIn, make: Factory
) -> None:
    browser, tab = sign_in_as(lead), f"/projects/{query.project_id}?tab=queries"
    assert f"/projects/{query.project_id}/remarks" not in browser.get(tab).text
    make.remark(query, annotator)
    assert f"/projects/{query.project_id}/remarks" in browser.get(tab).text
