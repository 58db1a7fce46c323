"""Why an image was asked: told after the answer alone, on request, and never in the way."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.words import Source
from tests.e2e.labeling.conftest import Server
from tests.e2e.labeling.scene import DESK, PHONE, Scene, pill, ready, shown
from tests.e2e.labeling.test_access import faults

pytestmark = pytest.mark.services

on_each_size = pytest.mark.parametrize("size", [DESK, PHONE], ids=["1280x800", "390x844"])


def _explained(scene: Scene, count: int = 4) -> list[int]:
    """Queries of which is known what the learner thought."""
    five, seven = scene.make.classes(scene.project)
    known = [scene.make.query(scene.project, priority=-50.0) for _ in range(6)]
    kept = {
        "classes": [[seven.id, 0.52], [five.id, 0.44]],
        "margin": 0.04,
        "kind": "nearest",
        "labels": [
            [query.id, each.id, 0.3]
            for each, few in ((five, known[:3]), (seven, known[3:]))
            for query in few
        ],
    }
    return scene.queries(count, provenance={"why": kept}, source=Source.POOL)


def _panel(page: Page) -> Any:
    return page.locator("#why-panel")


def test_nothing_is_told_before_the_answer(scene: Scene) -> None:
    _explained(scene)
    page = scene.enter()
    ready(page)
    expect(page.locator("#why")).to_be_disabled()
    page.keyboard.press("w")
    expect(page.locator("#word")).to_contain_text("Answer an image first")
    expect(_panel(page)).to_be_hidden()
    assert "0.04" not in page.content()


def test_after_the_answer_it_tells_who_competed_and_what_spoke_for_each(scene: Scene) -> None:
    first, second, third, *_ = _explained(scene)
    page = scene.enter()
    ready(page)
    page.keyboard.press("1")
    page.keyboard.press("w")
    expect(_panel(page)).to_contain_text("It was a coin toss: seven or five (margin 0.04).")
    expect(_panel(page)).to_contain_text("52 %")
    expect(_panel(page).locator(".side img")).to_have_count(6)
    expect(_panel(page).get_by_role("heading", name="Nearest of seven")).to_be_visible()
    assert shown(page) == str(second)
    page.keyboard.press("2")
    expect(_panel(page)).to_be_hidden()
    assert shown(page) == str(third)
    scene.expect_answers((first, "five"), (second, "seven"))


def test_escape_and_the_key_itself_close_it(scene: Scene) -> None:
    _explained(scene)
    page = scene.enter()
    ready(page)
    page.keyboard.press("1")
    for key in ("Escape", "w"):
        page.keyboard.press("w")
        expect(_panel(page)).to_contain_text("coin toss")
        page.keyboard.press(key)
        expect(_panel(page)).to_be_hidden()


def test_an_answer_that_is_not_stored_yet_is_told_of_once_it_is(
    scene: Scene, server: Server
) -> None:
    _explained(scene)
    page = scene.enter()
    ready(page)
    server.stop()
    page.keyboard.press("1")
    pill(page, "offline, 1 kept")
    page.keyboard.press("w")
    expect(_panel(page)).to_contain_text("Your answer is on its way")
    server.start()
    expect(_panel(page)).to_contain_text("coin toss")


def test_earlier_answers_are_told_of_too_those_of_another_visit_included(scene: Scene) -> None:
    _explained(scene)
    page = scene.enter()
    ready(page)
    for key in ("1", "2"):
        page.keyboard.press(key)
    pill(page, "saved")
    scene.go(page)
    expect(page.locator("#strip button")).to_have_count(2)
    page.locator("#strip button").nth(1).focus()
    page.keyboard.press("w")
    expect(_panel(page)).to_contain_text("You said five.")
    page.get_by_role("button", name="Later answer").click()
    expect(_panel(page)).to_contain_text("You said seven.")
    expect(page.get_by_role("button", name="Later answer")).to_be_disabled()
    expect(_panel(page)).to_contain_text("coin toss")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@on_each_size
def test_the_panel_fits_and_holds_to_the_rules_of_accessibility(
    scene: Scene, size: dict[str, Any], scheme: str
) -> None:
    queries = _explained(scene)
    page = scene.enter(color_scheme=scheme, reduced_motion="reduce", **size)
    ready(page)
    page.locator("#classes .answer").first.click()
    page.get_by_role("button", name="Why?").click()
    expect(_panel(page)).to_contain_text("coin toss")
    assert faults(page) == []
    panel = _panel(page).bounding_box()
    assert panel is not None
    assert panel["x"] + panel["width"] <= size["viewport"]["width"]
    page.locator("#classes .answer").last.click()
    expect(_panel(page)).to_be_hidden()
    scene.expect_answers((queries[0], "five"), (queries[1], "seven"))
