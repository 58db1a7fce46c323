"""Remarks and flags on the annotator's page: a key, some words, Enter, and on with labeling."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app import database
from app.tables import Remark
from app.words import Role
from tests.e2e.labeling.conftest import Server
from tests.e2e.labeling.scene import DESK, PHONE, Scene, eventually, pill, ready, shown
from tests.e2e.labeling.test_access import faults

pytestmark = pytest.mark.services

on_each_size = pytest.mark.parametrize("size", [DESK, PHONE], ids=["1280x800", "390x844"])


def _remarks(scene: Scene) -> list[tuple[int, str, bool]]:
    """What was left in the project: query, words, flag."""
    with database.reading() as session:
        mine = Remark.project_id == scene.project.id
        rows = session.execute(
            select(Remark.query_id, Remark.text, Remark.flagged).where(mine).order_by(Remark.at)
        )
        return list(rows.tuples())


def _expect(scene: Scene, *wanted: tuple[int, str, bool]) -> None:
    eventually(lambda: _remarks(scene), lambda seen: seen == list(wanted))


def _field(page: Page) -> Any:
    return page.get_by_role("textbox", name="Remark")


def test_a_remark_is_written_between_two_answers_and_stops_neither(scene: Scene) -> None:
    first, second, *_ = scene.queries(4)
    page = scene.enter()
    ready(page)
    page.keyboard.press("r")
    expect(_field(page)).to_be_focused()
    page.keyboard.type("cut off at 1 side")
    assert scene.labels() == 0
    page.keyboard.press("Enter")
    expect(_field(page)).to_be_hidden()
    assert shown(page) == str(first)
    page.keyboard.press("1")
    page.keyboard.press("2")
    scene.expect_answers((first, "five"), (second, "seven"))
    _expect(scene, (first, "cut off at 1 side", False))
    pill(page, "saved")


def test_enter_alone_flags(scene: Scene) -> None:
    first, *_ = scene.queries(3)
    page = scene.enter()
    page.keyboard.press("r")
    page.keyboard.press("Enter")
    _expect(scene, (first, "", True))


def test_escape_goes_back_and_keeps_what_was_written(scene: Scene) -> None:
    first, second, *_ = scene.queries(4)
    page = scene.enter()
    ready(page)
    page.keyboard.press("r")
    page.keyboard.type("half a")
    page.keyboard.press("Escape")
    expect(_field(page)).to_be_hidden()
    page.keyboard.press("r")
    expect(_field(page)).to_have_value("half a")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    page.keyboard.press("r")
    expect(_field(page)).to_have_value("")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    scene.expect_answers((first, "five"), (second, "seven"))
    assert _remarks(scene) == []


def test_who_answers_with_the_mouse_meanwhile_remarks_on_the_image_they_began_with(
    scene: Scene,
) -> None:
    first, *_ = scene.queries(3)
    page = scene.enter()
    ready(page)
    page.keyboard.press("r")
    page.keyboard.type("this one")
    page.locator("#classes .answer").first.click()
    scene.expect_answers((first, "five"))
    _field(page).focus()
    page.keyboard.press("Enter")
    _expect(scene, (first, "this one", False))


def test_where_nothing_is_left_the_last_answered_image_is_remarked_on(scene: Scene) -> None:
    (only,) = scene.queries(1)
    page = scene.enter()
    page.keyboard.press("1")
    expect(page.locator("#standstill h2")).to_be_visible()
    page.keyboard.press("r")
    expect(page.locator("#remark-about")).to_have_text("About your last image: five.")
    page.keyboard.press("Enter")
    _expect(scene, (only, "", True))


@on_each_size
def test_a_remark_survives_a_server_that_is_gone_and_a_reload(
    scene: Scene, server: Server, size: dict[str, Any]
) -> None:
    first, second, *_ = scene.queries(6)
    page = scene.enter(**size)
    ready(page)
    server.stop()
    page.get_by_role("button", name="Remark", exact=True).click()
    _field(page).fill("offline")
    _field(page).press("Enter")
    page.locator("#classes .answer").first.click()
    pill(page, "offline, 2 kept")
    server.start()
    scene.go(page)
    pill(page, "saved")
    scene.expect_answers((first, "five"))
    _expect(scene, (first, "offline", False))
    assert shown(page) == str(second)


def test_a_remark_that_cannot_be_sent_holds_no_answer_up(scene: Scene) -> None:
    first, second, *_ = scene.queries(4)
    page = scene.enter()
    ready(page)
    page.route("**/api/v1/remarks", lambda route: route.fulfill(status=500))
    page.keyboard.press("r")
    page.keyboard.press("Enter")
    page.keyboard.press("1")
    page.keyboard.press("2")
    scene.expect_answers((first, "five"), (second, "seven"))
    pill(page, "will retry, 1 kept")
    page.unroute("**/api/v1/remarks")
    _expect(scene, (first, "", True))


def test_what_the_server_refuses_is_told_and_not_tried_again(scene: Scene) -> None:
    scene.queries(3)
    page = scene.enter()
    ready(page)
    refusal = {"status": 409, "json": {"detail": "Enough said."}}
    page.route("**/api/v1/remarks", lambda route: route.fulfill(**refusal))
    page.keyboard.press("r")
    page.keyboard.press("Enter")
    expect(page.locator("#word")).to_have_text("Your remark was not taken: Enough said.")
    pill(page, "saved")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@on_each_size
def test_the_panel_holds_to_the_rules_of_accessibility(
    scene: Scene, size: dict[str, Any], scheme: str
) -> None:
    scene.queries(3)
    page = scene.enter(color_scheme=scheme, reduced_motion="reduce", **size)
    ready(page)
    page.get_by_role("button", name="Remark", exact=True).click()
    expect(_field(page)).to_be_focused()
    assert faults(page) == []
    panel = page.locator("#remark").bounding_box()
    assert panel is not None
    assert panel["x"] >= 0
    assert panel["x"] + panel["width"] <= size["viewport"]["width"]
    for button in page.locator("#classes .answer").all():
        box = button.bounding_box()
        assert box is not None
        assert box["y"] >= panel["y"] + panel["height"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@on_each_size
def test_a_lead_reads_it_and_says_that_it_was_looked_at(
    scene: Scene, open_browser: Any, no_errors: Any, size: dict[str, Any], scheme: str
) -> None:
    query = scene.make.query(scene.project)
    remark = scene.make.remark(query, scene.ann, text="Upside\ndown?", flagged=True)
    lead = scene.make.member(scene.project, Role.LEAD)
    page = no_errors(open_browser(lead, color_scheme=scheme, **size).new_page())
    page.goto(f"/projects/{scene.project.id}?tab=queries")
    page.get_by_text("1 remark waits for you").get_by_role("link", name="Read").click()
    expect(page.get_by_text("Upside")).to_be_visible()
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["viewport"]["width"]
    page.get_by_role("button", name="Mark as looked at").click()
    expect(page.get_by_role("button", name="Open again")).to_be_visible()

    def looked_at() -> bool:
        with database.reading() as session:
            return session.get_one(Remark, remark.id).resolved_at is not None

    eventually(looked_at, lambda seen: seen)
    page.get_by_role("button", name="Open again").click()
    eventually(looked_at, lambda seen: not seen)
    page.get_by_role("link", name=f"query {query.id}", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
