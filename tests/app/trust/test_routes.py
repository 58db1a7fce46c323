"""Disputes over REST: listed, decided, taken back, asked again; and the page that shows them."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from app import database
from app.projects import audit
from app.tables import Label, Query
from app.words import Answer, Outcome, QueryState, Role
from tests.app.labeling.conftest import Desk
from tests.factories import Factory


class Bench:
    """A project where two people disagree, and a lead who decides."""

    def __init__(self, make: Factory, client: TestClient) -> None:
        self.desk = Desk(make, overlap=2)
        self.lead = make.member(self.desk.project, Role.LEAD)
        self.client = client
        client.cookies.set("cusp_session", make.session_cookie(self.lead))
        self.five, self.seven = self.desk.classes

    def dispute(self) -> int:
        """Let two people disagree about a new query."""
        (query,) = self.desk.queries(1, overlap=2)
        self.desk.say(self.desk.ann, query)
        self.desk.say(self.desk.bob, query, **{"class": self.seven})
        return query

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Call the API within the project."""
        url = f"/api/v1/projects/{self.desk.project.id}{path}"
        return self.client.request(method, url, json=body)

    def stands(self, query_id: int) -> tuple[QueryState, Outcome | None, int | None]:
        query = self.desk.query(query_id)
        return query.state, query.outcome, query.outcome_class_id


@pytest.fixture
def bench(make: Factory, client: TestClient) -> Bench:
    return Bench(make, client)


def test_disputes_are_listed_with_who_said_what(bench: Bench) -> None:
    first, second = bench.dispute(), bench.dispute()
    found = bench.ask("GET", "/disputes?limit=1").json()
    assert (found["total"], found["next"]) == (2, first)
    (dispute,) = found["items"]
    said = [(vote["name"], vote["class_name"]) for vote in dispute["votes"]]
    desk = bench.desk
    assert said == [(desk.ann.name, "five"), (desk.bob.name, "seven")]
    following = bench.ask("GET", f"/disputes?after={first}").json()
    assert [each["id"] for each in following["items"]] == [second]


@pytest.mark.parametrize(
    ("decision", "outcome"),
    [
        ({"answer": "class", "class": "seven"}, Outcome.CLASS),
        ({"answer": "unrecognizable"}, Outcome.UNRECOGNIZABLE),
    ],
)
def test_a_lead_decides(bench: Bench, decision: dict[str, Any], outcome: Outcome) -> None:
    query = bench.dispute()
    if "class" in decision:
        decision = {**decision, "class": bench.seven}
    answer = bench.ask("PUT", f"/queries/{query}/decision", decision)
    assert (answer.status_code, answer.json()["adjudicated_by"]) == (200, bench.lead.id)
    assert bench.stands(query) == (QueryState.SETTLED, outcome, decision.get("class"))
    assert bench.ask("GET", "/disputes").json()["total"] == 0
    with database.reading() as session:
        (entry, *_) = audit.page(session, bench.desk.project.id, after=None, limit=5).items
    assert entry.action == "query.decided"
    assert entry.sentence.startswith(f"decided that query {query} shows ")


def test_no_label_changes_what_a_lead_decided(bench: Bench) -> None:
    query = bench.dispute()
    bench.ask("PUT", f"/queries/{query}/decision", {"answer": "class", "class": bench.seven})
    assert bench.desk.say(bench.lead, query) == "closed"
    decided = bench.stands(query)
    (label,) = [each.id for each in _labels(bench, query) if each.user_id == bench.desk.bob.id]
    bench.desk.undo(bench.desk.bob, label)
    assert bench.stands(query) == decided


def _labels(bench: Bench, query_id: int) -> list[Label]:
    with database.reading() as session:
        return list(session.scalars(select(Label).where(Label.query_id == query_id)))


def test_a_decision_taken_back_leaves_what_the_labels_say(bench: Bench) -> None:
    query = bench.dispute()
    assert bench.ask("DELETE", f"/queries/{query}/decision").status_code == 409
    bench.ask("PUT", f"/queries/{query}/decision", {"answer": "class", "class": bench.seven})
    assert bench.ask("DELETE", f"/queries/{query}/decision").status_code == 200
    assert bench.stands(query) == (QueryState.SETTLED, Outcome.DISPUTED, None)
    assert bench.desk.query(query).adjudicated_by is None


def test_somebody_else_is_asked_and_settles_it(bench: Bench) -> None:
    query = bench.dispute()
    carol = bench.desk.make.member(bench.desk.project)
    assert bench.ask("POST", f"/queries/{query}/ask-another").json()["overlap"] == 3
    assert bench.stands(query) == (QueryState.OPEN, None, None)
    assert bench.desk.lent(carol) == [query]
    still_open = bench.ask("PUT", f"/queries/{query}/decision", {"answer": "unrecognizable"})
    assert still_open.status_code == 409
    bench.desk.say(carol, query, **{"class": bench.seven})
    assert bench.stands(query) == (QueryState.SETTLED, Outcome.CLASS, bench.seven)


def test_nobody_is_asked_beyond_the_budget_or_the_people(bench: Bench) -> None:
    query = bench.dispute()
    bench.desk.cap(2)
    spent = bench.ask("POST", f"/queries/{query}/ask-another")
    assert (spent.status_code, spent.json()["type"]) == (409, "/problems/nothing-left-to-spend")
    bench.desk.cap(None)
    bench.ask("POST", f"/queries/{query}/ask-another")
    bench.desk.say(bench.lead, query, Answer.UNRECOGNIZABLE)
    everybody = bench.ask("POST", f"/queries/{query}/ask-another")
    assert (everybody.status_code, everybody.json()["type"]) == (409, "/problems/nobody-else")


def test_what_makes_no_sense_is_refused(bench: Bench, make: Factory) -> None:
    query = bench.dispute()
    foreign = make.classes(make.project())[0].id
    path = f"/queries/{query}/decision"
    assert bench.ask("PUT", path, {"answer": "class"}).status_code == 422
    assert bench.ask("PUT", path, {"answer": "unrecognizable", "class": 1}).status_code == 422
    assert bench.ask("PUT", path, {"answer": "class", "class": foreign}).status_code == 422
    assert (
        bench.ask("PUT", "/queries/999/decision", {"answer": "unrecognizable"}).status_code == 404
    )
    own = bench.desk.make.query(bench.desk.project, for_user_id=bench.desk.ann.id)
    bench.desk.say(bench.desk.ann, own.id)
    gold = bench.ask("PUT", f"/queries/{own.id}/decision", {"answer": "unrecognizable"})
    assert gold.status_code == 404
    assert bench.stands(query)[1] is Outcome.DISPUTED


def test_the_page_shows_disputes_and_says_when_there_are_none(bench: Bench) -> None:
    page = f"/projects/{bench.desk.project.id}/disputes"
    assert "Nothing to decide" in bench.client.get(page).text
    query: Query = bench.desk.query(bench.dispute())
    text = bench.client.get(page).text
    assert f'data-query="{query.id}"' in text
    assert "one image" in text
    dashboard = bench.client.get(f"/projects/{bench.desk.project.id}?tab=queries").text
    assert f'/projects/{bench.desk.project.id}/disputes"' in dashboard
