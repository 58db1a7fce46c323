"""A lead decides disputes by keys alone, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from app.tables import Query
from app.words import Answer, Outcome, QueryState, Role
from tests.app.dashboards.test_browser import address  # noqa: F401
from tests.app.labeling.conftest import Desk
from tests.factories import Factory

pytestmark = pytest.mark.services


def _disputes(desk: Desk, count: int) -> list[int]:
    desk.make.member(desk.project)
    queries = desk.queries(count, overlap=2)
    for query in queries:
        desk.say(desk.ann, query)
        desk.say(desk.bob, query, **{"class": desk.classes[1]})
    return queries


def _stands(desk: Desk, query_id: int) -> tuple[QueryState, Outcome | None]:
    query: Query = desk.query(query_id)
    return query.state, query.outcome


def test_disputes_are_decided_by_keys_alone(
    make: Factory,
    browser: Browser,
    address: str,  # noqa: F811
) -> None:
    desk = Desk(make, overlap=2)
    first, second, third = _disputes(desk, 3)
    lead = make.member(desk.project, Role.LEAD)
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_cookies(
        [{"name": "cusp_session", "value": make.session_cookie(lead), "url": address}]
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{address}/projects/{desk.project.id}/disputes")
    current = page.locator("[aria-current=true][data-query]")
    expect(current).to_have_attribute("data-query", str(first))
    page.keyboard.press("2")
    expect(current).to_have_attribute("data-query", str(second))
    page.keyboard.press("u")
    expect(current).to_have_attribute("data-query", str(third))
    page.keyboard.press("z")
    expect(current).to_have_attribute("data-query", str(second))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("s")
    expect(page.locator(".dispute.done")).to_have_count(2)
    expect(page.locator(f'[data-query="{third}"]')).to_contain_text("Somebody else is asked.")
    assert _stands(desk, first) == (QueryState.SETTLED, Outcome.CLASS)
    assert _stands(desk, second) == (QueryState.SETTLED, Outcome.DISPUTED)
    assert _stands(desk, third) == (QueryState.OPEN, None)
    assert complaints == []
    desk.say(lead, third, Answer.UNRECOGNIZABLE)
    context.close()
