"""No answer is lost or doubled: offline, reloads, dead servers, ended sessions, several tabs."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Route, expect

from app.tables import Budget, Query
from app.words import Answer
from tests.e2e.labeling.conftest import Server
from tests.e2e.labeling.scene import Scene, answer, eventually, on_each_size, pill, ready, shown
from tests.factories import Factory

pytestmark = pytest.mark.services


def test_offline_and_back_loses_nothing(scene: Scene) -> None:
    queries = scene.queries(12)
    page = scene.enter()
    ready(page)
    page.context.set_offline(offline=True)
    for key in "1212":
        page.keyboard.press(key)
    pill(page, "offline, 4 kept")
    assert scene.answers() == []
    expect(page.locator("#strip .unsent")).to_have_count(4)
    page.context.set_offline(offline=False)
    words = ["five", "seven", "five", "seven"]
    scene.expect_answers(*zip(queries, words, strict=False))
    pill(page, "saved")
    expect(page.locator("#strip .unsent")).to_have_count(0)


def test_offline_until_nothing_is_held_says_so_and_goes_on_by_itself(scene: Scene) -> None:
    scene.queries(14)
    page = scene.enter()
    ready(page)
    page.context.set_offline(offline=True)
    for _ in range(12):
        page.keyboard.press("1")
    expect(page.locator("#standstill h2")).to_have_text("You are offline")
    page.context.set_offline(offline=False)
    expect(page.locator("#frame img")).to_be_visible()
    eventually(lambda: len(scene.answers()), lambda count: count == 10)


def test_answers_survive_a_reload_and_a_closed_browser_tab(scene: Scene) -> None:
    first, second, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    page.context.set_offline(offline=True)
    page.keyboard.press("1")
    page.keyboard.press("u")
    pill(page, "offline, 2 kept")
    context = page.context
    page.close()
    context.set_offline(offline=False)
    assert scene.answers() == []
    later = scene.page_in(context)
    scene.expect_answers((first, "five"), (second, "unrecognizable"))
    pill(later, "saved")


def test_a_reload_while_answers_wait_brings_none_of_them_back(scene: Scene) -> None:
    first, second, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    page.route("**/api/v1/labels", lambda route: route.abort())
    page.keyboard.press("1")
    page.keyboard.press("2")
    image = shown(page)
    scene.go(page)
    expect(page.locator("#frame img")).to_have_attribute("data-query", image)
    page.unroute("**/api/v1/labels")
    scene.expect_answers((first, "five"), (second, "seven"))


def test_an_ended_session_keeps_answers_until_the_person_is_back(
    scene: Scene, make: Factory, server: Server
) -> None:
    first, second, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    page.context.clear_cookies()
    page.keyboard.press("1")
    pill(page, "signed out, 1 kept")
    expect(page.locator("#signed-out")).to_contain_text("1 answer is kept in this browser.")
    link = page.get_by_role("link", name="Sign in again").get_attribute("href") or ""
    assert link.endswith(f"/sign-in?next=/projects/{scene.project.id}/label")
    page.keyboard.press("2")
    page.context.add_cookies(
        [{"name": "cusp_session", "value": make.session_cookie(scene.ann), "url": server.address}]
    )
    scene.go(page)
    scene.expect_answers((first, "five"), (second, "seven"))
    expect(page.locator("#signed-out")).to_be_hidden()


def test_what_an_ended_session_kept_is_sent_once_queries_are_lent_again(
    scene: Scene, make: Factory, server: Server
) -> None:
    queries = scene.queries(20)
    page = scene.enter()
    ready(page)
    # No retry by time: it may be half a minute away.
    page.evaluate(
        """() => {
          const later = setTimeout;
          window.setTimeout = (task, pause) => (pause > 500 ? 0 : later(task, pause));
        }"""
    )
    page.context.clear_cookies()
    page.keyboard.press("1")
    pill(page, "signed out, 1 kept")
    # So many that the page asks for more.
    for _ in range(7):
        page.keyboard.press("2")
    page.context.add_cookies(
        [{"name": "cusp_session", "value": make.session_cookie(scene.ann), "url": server.address}]
    )
    scene.expect_answers((queries[0], "five"), *((each, "seven") for each in queries[1:8]))
    pill(page, "saved")


def test_answers_of_one_person_are_never_sent_as_anothers(
    scene: Scene, make: Factory, server: Server
) -> None:
    first, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    page.context.clear_cookies()
    page.keyboard.press("1")
    pill(page, "signed out, 1 kept")
    bob = make.member(scene.project)
    page.context.add_cookies(
        [{"name": "cusp_session", "value": make.session_cookie(bob), "url": server.address}]
    )
    page.wait_for_timeout(2500)
    scene.go(page)
    page.wait_for_timeout(1500)
    assert scene.answers() == scene.answers(bob) == []
    page.context.add_cookies(
        [{"name": "cusp_session", "value": make.session_cookie(scene.ann), "url": server.address}]
    )
    scene.go(page)
    scene.expect_answers((first, "five"))


@on_each_size
def test_a_server_in_trouble_is_tried_again(scene: Scene, size: dict[str, Any]) -> None:
    first, *_ = scene.queries(8)
    page = scene.enter(**size)
    ready(page)
    failures: list[str] = []

    def fail_twice(route: Route) -> None:
        if len(failures) < 2:
            failures.append(route.request.url)
            route.fulfill(status=500, body="<h1>Oh</h1>")
        else:
            route.continue_()

    page.route("**/api/v1/labels", fail_twice)
    answer(page, "five")
    pill(page, "will retry, 1 kept")
    pill(page, "saved")
    scene.expect_answers((first, "five"))
    assert len(failures) == 2


def test_an_answer_shown_as_saved_survives_the_death_of_the_server(
    scene: Scene, server: Server
) -> None:
    first, second, third, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    page.keyboard.press("1")
    pill(page, "saved")
    server.stop()
    page.keyboard.press("2")
    page.keyboard.press("1")
    pill(page, "offline, 2 kept")
    assert scene.answers() == [(first, "five")]
    server.start()
    scene.expect_answers((first, "five"), (second, "seven"), (third, "five"))


def test_an_answer_that_is_not_taken_is_told(scene: Scene, make: Factory) -> None:
    first, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    make.label(make.session.get_one(Query, first), make.member(scene.project), Answer.CLASS)
    scene.set(Query, Query.id == first, state="settled", accepted=1)
    page.keyboard.press("1")
    expect(page.locator("#word")).to_contain_text("came too late")
    expect(page.locator("#strip li")).to_have_count(0)
    scene.set(Budget, max_answers=0)
    page.keyboard.press("1")
    expect(page.locator("#word")).to_contain_text("budget is spent")
    pill(page, "saved")


@on_each_size
def test_two_tabs_of_one_person_never_ask_the_same_twice(
    scene: Scene, size: dict[str, Any]
) -> None:
    scene.queries(6)
    page = scene.enter(**size)
    other = scene.page_in(page.context)
    image = shown(page)
    expect(other.locator("#frame img")).to_have_attribute("data-query", image)
    answer(page, "five")
    expect(other.locator("#frame img")).not_to_have_attribute("data-query", image)
    image = shown(other)
    answer(other, "seven")
    expect(page.locator("#frame img")).not_to_have_attribute("data-query", image)
    answer(page, "five")
    eventually(lambda: len(scene.answers()), lambda count: count == 3)
    pill(page, "saved")
    pill(other, "saved")


def test_a_reload_leaks_no_claims_and_leaving_gives_them_back(scene: Scene) -> None:
    scene.queries(12)
    page = scene.enter()
    ready(page)
    image = shown(page)
    for _ in range(3):
        scene.go(page)
    expect(page.locator("#frame img")).to_have_attribute("data-query", image)

    eventually(scene.held, lambda count: count == 10)
    page.goto("/account")
    eventually(scene.held, lambda count: count == 0)
