"""Saying more than "can't tell" or "skip": three refusals, skips for good, other habits."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app import database
from app.tables import Label, Query
from app.words import QueryState
from tests.e2e.labeling.scene import PHONE, Scene, eventually, pill, ready, shown

pytestmark = pytest.mark.services


def _said(scene: Scene) -> list[tuple[int, str, str | None, Any]]:
    with database.reading() as session:
        rows = session.execute(
            select(Label.query_id, Label.answer, Label.refusal, Label.marks)
            .where(Label.user_id == scene.ann.id, Label.undone_at.is_(None))
            .order_by(Label.query_id)
        )
        return [
            (query, answer.value, refusal and refusal.value, marks)
            for query, answer, refusal, marks in rows
        ]


def _words(page: Page) -> list[str]:
    return page.locator("#strip li").all_inner_texts()


def test_three_keys_refuse_for_three_reasons_that_are_kept_apart(scene: Scene) -> None:
    first, second, third, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    for key in "unm":
        page.keyboard.press(key)
    wanted = [
        (first, "unrecognizable", "cannot_tell", None),
        (second, "unrecognizable", "none_of_these", None),
        (third, "unrecognizable", "in_between", None),
    ]
    eventually(lambda: _said(scene), lambda seen: seen == wanted)
    pill(page, "saved")
    scene.go(page)
    expect(page.locator("#strip li")).to_have_count(3)
    assert sorted(_words(page)) == ["can’t tell", "in between", "none of these"]


@pytest.mark.parametrize("device", [{}, PHONE], ids=["desk", "phone"])
def test_the_menus_say_more_and_can_be_walked_by_keys(scene: Scene, device: Any) -> None:
    first, second, *_ = scene.queries(8)
    page = scene.enter(**device)
    ready(page)
    page.get_by_role("button", name="More reasons").click()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    page.get_by_role("button", name="More reasons").click()
    page.get_by_role("menuitem", name="In between").click()
    page.get_by_role("button", name="Never again").click()
    page.get_by_role("menuitem", name="Nobody should be asked").click()
    wanted = [
        (first, "unrecognizable", "in_between", None),
        (second, "skip", None, {"for_good": True}),
    ]
    eventually(lambda: _said(scene), lambda seen: seen == wanted)


def test_never_again_withdraws_the_query_until_it_is_taken_back(scene: Scene) -> None:
    first, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    page.keyboard.press("x")
    state = select(Query.state).where(Query.id == first)

    def look() -> QueryState | None:
        with database.reading() as session:
            return session.scalar(state)

    eventually(look, lambda seen: seen is QueryState.WITHDRAWN)
    page.keyboard.press("z")
    eventually(look, lambda seen: seen is QueryState.OPEN)
    assert shown(page) == str(first)


def test_arrows_space_and_backspace_do_what_they_do_elsewhere(scene: Scene) -> None:
    first, second, third, fourth, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    for key in ("ArrowLeft", "ArrowRight", "ArrowDown", "Space", "ArrowLeft", "Backspace"):
        page.keyboard.press(key)
    scene.expect_answers(
        (first, "five"), (second, "seven"), (third, "unrecognizable"), (fourth, "skip")
    )


def test_a_button_pressed_by_mouse_does_not_keep_the_space_key(scene: Scene) -> None:
    first, second, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    page.get_by_role("button", name="seven").click()
    page.keyboard.press("Space")
    scene.expect_answers((first, "seven"), (second, "skip"))


def test_twenty_answers_are_taken_back_one_after_the_other_although_they_were_sent(
    scene: Scene,
) -> None:
    queries = scene.queries(24)
    page = scene.enter()
    for query in queries[:20]:
        expect(page.locator("#frame img")).to_have_attribute("data-query", str(query))
        page.keyboard.press("1")
    scene.expect_answers(*((query, "five") for query in queries[:20]))
    pill(page, "saved")
    for query in reversed(queries[:20]):
        page.keyboard.press("z")
        expect(page.locator("#frame img")).to_have_attribute("data-query", str(query))
    scene.expect_answers()
