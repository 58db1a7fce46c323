"""What interrupts somebody who labels, on a desk and on a phone: no answer is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from tests.e2e.labeling.conftest import Server
from tests.e2e.labeling.scene import (
    Scene,
    answer,
    eventually,
    on_each_size,
    pill,
    ready,
    shown,
)

pytestmark = pytest.mark.services

_LABELS = "**/api/v1/labels"
_WRONG_CLOCK = """
  const Right = Date, off = %d;
  globalThis.Date = class extends Right {
    constructor(...given) { super(...(given.length ? given : [Right.now() + off])); }
    static now() { return Right.now() + off; }
  };
"""


@on_each_size
def test_a_slow_network_delays_no_image_and_loses_no_answer(
    scene: Scene, size: dict[str, Any]
) -> None:
    queries = scene.queries(10)
    page = scene.enter(**size)
    ready(page)
    network = page.context.new_cdp_session(page)
    network.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": 1500,
            "downloadThroughput": 4_000,
            "uploadThroughput": 4_000,
        },
    )
    seen = [shown(page)]
    for word in ("five", "seven", "five"):
        answer(page, word)
        seen.append(shown(page))
    assert len(set(seen)) == 4
    pill(page, "saved")
    scene.expect_answers(*zip(queries, ("five", "seven", "five"), strict=False))
    assert scene.labels() == 3


@on_each_size
def test_a_server_that_is_gone_for_two_minutes_costs_nothing(
    scene: Scene, server: Server, size: dict[str, Any]
) -> None:
    queries = scene.queries(10)
    page = scene.enter(clock=True, **size)
    page.wait_for_load_state("networkidle")
    page.clock.run_for(1000)
    server.stop()
    answer(page, "five")
    answer(page, "seven")
    pill(page, "offline, 2 kept")
    for _ in range(4):
        page.clock.run_for(30_000)
    answer(page, "seven")
    pill(page, "offline, 3 kept")
    server.start()

    def word_after_a_while() -> str | None:
        # Short enough that a request under way is not given up as too slow.
        page.clock.run_for(2_000)
        return page.locator("#pill-text").text_content()

    eventually(word_after_a_while, lambda word: word == "saved", page=page)
    scene.expect_answers(*zip(queries, ("five", "seven", "seven"), strict=False))
    assert scene.labels() == 3


@on_each_size
def test_a_reload_in_the_middle_of_sending_counts_the_answer_once(
    scene: Scene, size: dict[str, Any]
) -> None:
    first, second, *_ = scene.queries(8)
    page = scene.enter(**size)
    ready(page)
    under_way: list[Route] = []

    def deliver_and_stay_silent(route: Route) -> None:
        under_way.append(route)
        route.fetch()

    page.route(_LABELS, deliver_and_stay_silent)
    answer(page, "seven")
    eventually(lambda: len(under_way), lambda count: count == 1, page=page)
    page.unroute(_LABELS, deliver_and_stay_silent)
    scene.go(page)
    pill(page, "saved")
    answer(page, "five")
    scene.expect_answers((first, "seven"), (second, "five"))
    assert scene.labels() == 2


@on_each_size
def test_an_answer_delivered_twice_counts_once(scene: Scene, size: dict[str, Any]) -> None:
    first, second, *_ = scene.queries(8)
    page = scene.enter(**size)
    ready(page)
    said: list[str] = []

    def deliver_twice(route: Route) -> None:
        said.append(route.fetch().json()["verdicts"][0]["verdict"])
        again = route.fetch()
        said.append(again.json()["verdicts"][0]["verdict"])
        route.fulfill(response=again)

    page.route(_LABELS, deliver_twice)
    answer(page, "seven")
    eventually(lambda: len(said), lambda count: count == 2, page=page)
    pill(page, "saved")
    page.unroute(_LABELS, deliver_twice)
    answer(page, "five")
    scene.expect_answers((first, "seven"), (second, "five"))
    assert said == ["stored", "repeated"]
    assert scene.labels() == 2
    expect(page.locator("#strip li")).to_have_count(2)


@on_each_size
def test_the_back_button_returns_to_the_same_image(scene: Scene, size: dict[str, Any]) -> None:
    first, second, *_ = scene.queries(12)
    page = scene.enter(**size)
    ready(page)
    answer(page, "five")
    pill(page, "saved")
    image = shown(page)
    page.goto("/account")
    page.go_back()
    expect(page.locator("#frame img")).to_have_attribute("data-query", image)
    answer(page, "seven")
    scene.expect_answers((first, "five"), (second, "seven"))
    page.go_back()
    page.go_forward()
    expect(page.locator("#frame img")).not_to_have_attribute("data-query", image)
    assert scene.labels() == 2
    eventually(scene.held, lambda count: count == 10, page=page)


@on_each_size
@pytest.mark.parametrize("hours", [-5, 5])
def test_a_clock_that_is_hours_wrong_changes_nothing(
    scene: Scene, open_browser: Callable[..., BrowserContext], size: dict[str, Any], hours: int
) -> None:
    queries = scene.queries(30)
    scene.make.session.commit()
    context = open_browser(scene.ann, **size)
    context.add_init_script(_WRONG_CLOCK % (hours * 3_600_000))
    page = scene.page_in(context)
    ready(page)
    for word in ("five", "seven") * 6:
        answer(page, word)
        expect(page.locator("#frame img")).to_be_visible()
    scene.expect_answers(*zip(queries, ("five", "seven") * 6, strict=False))
    pill(page, "saved")
    assert scene.labels() == 12
