"""The annotator's page when the server is slow, in trouble, or knows the person no more."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Request, Route, expect
from sqlalchemy import delete

from app.accounts import passwords
from app.tables import SignInSession
from tests.e2e.labeling.scene import Scene, answer, eventually, on_each_size, pill, ready, shown

pytestmark = pytest.mark.services

_LABELS = "**/api/v1/labels"
_PASSWORD = "a long walk by the sea"


def test_a_slow_server_is_never_waited_for(scene: Scene) -> None:
    queries = scene.queries(10)
    page = scene.enter()
    ready(page)
    held: list[Route] = []
    page.route(_LABELS, lambda route: held.append(route))
    seen = [shown(page)]
    for key in "12u12":
        page.keyboard.press(key)
        seen.append(shown(page))
    assert len(set(seen)) == 6
    pill(page, "sending 5")
    assert scene.answers() == []
    assert len(held) == 1
    page.unroute(_LABELS)  # what is held goes on
    words = ["five", "seven", "unrecognizable", "five", "seven"]
    scene.expect_answers(*zip(queries, words, strict=False))
    pill(page, "saved")


def test_answers_to_a_slow_server_travel_together_and_each_once(scene: Scene) -> None:
    scene.queries(10)
    page = scene.enter()
    ready(page)
    sent: list[int] = []

    def slowly(route: Route) -> None:
        sent.append(len(route.request.post_data_json))
        page.wait_for_timeout(600)
        route.continue_()

    page.route(_LABELS, slowly)
    for key in "12121":
        page.keyboard.press(key)
    eventually(scene.labels, lambda count: count == 5, page=page)
    pill(page, "saved")
    assert sum(sent) == scene.labels() == 5
    assert len(sent) <= 2


def test_an_answer_lost_on_its_way_back_is_not_stored_twice(scene: Scene) -> None:
    first, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    lost: list[Request] = []

    def lose_the_reply(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.request)
        route.fetch()
        route.abort()

    page.route(_LABELS, lose_the_reply)
    page.keyboard.press("2")
    eventually(lambda: len(lost), lambda count: count == 1, page=page)
    pill(page, "saved")
    scene.expect_answers((first, "seven"))
    assert scene.labels() == 1
    expect(page.locator("#strip li")).to_have_count(1)


def test_undo_of_an_answer_under_way_takes_it_back(scene: Scene) -> None:
    first, second, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    held: list[Route] = []
    page.route(_LABELS, lambda route: held.append(route))
    image = shown(page)
    page.keyboard.press("1")
    eventually(lambda: len(held), lambda count: count == 1, page=page)
    page.keyboard.press("z")
    assert shown(page) == image
    page.unroute(_LABELS)  # what is held goes on
    page.keyboard.press("2")
    scene.expect_answers((first, "seven"))
    page.keyboard.press("1")
    scene.expect_answers((first, "seven"), (second, "five"))


def _sign_in_again(page: Page, email: str) -> None:
    page.get_by_role("link", name="Sign in again").click()
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(_PASSWORD)
    page.get_by_role("button", name="Sign in").click()


@on_each_size
def test_a_session_ended_on_the_server_leads_through_signing_in_back_to_the_image(
    scene: Scene, size: dict[str, Any]
) -> None:
    scene.ann.password_hash = passwords.hashed(_PASSWORD)
    scene.make.session.commit()
    first, second, third, *_ = scene.queries(8)
    page = scene.enter(**size)
    ready(page)
    scene.change(delete(SignInSession).where(SignInSession.user_id == scene.ann.id))
    answer(page, "five")
    pill(page, "signed out, 1 kept")
    answer(page, "seven")
    expect(page.locator("#signed-out")).to_contain_text("2 answers are kept in this browser.")
    image = shown(page)
    _sign_in_again(page, scene.ann.email)
    expect(page.locator("#frame img")).to_have_attribute("data-query", image)
    scene.expect_answers((first, "five"), (second, "seven"))
    answer(page, "Skip")
    scene.expect_answers((first, "five"), (second, "seven"), (third, "skip"))


@on_each_size
def test_a_server_that_cannot_lend_is_asked_again(scene: Scene, size: dict[str, Any]) -> None:
    scene.queries(8)
    page = scene.enter(**size)
    ready(page)
    failing = True
    page.route(
        "**/claims*",
        lambda route: route.fulfill(status=503, body="no") if failing else route.continue_(),
    )
    for _ in range(8):
        answer(page, "five")
    expect(page.locator("#standstill h2")).to_have_text("The server has trouble")
    failing = False
    expect(page.locator("#standstill h2")).to_have_text("The next images are being prepared")


def test_leaving_sends_what_waits_and_gives_back_what_was_not_used(scene: Scene) -> None:
    first, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    assert scene.held() == 8
    held: list[Route] = []
    page.route(_LABELS, lambda route: held.append(route))
    page.keyboard.press("2")
    page.unroute(_LABELS)
    page.goto("/account")
    scene.expect_answers((first, "seven"))
    eventually(scene.held, lambda count: count == 0)
