"""What is painted in the grid is kept and sent once, whatever happens meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from app.tables import Claim, ProjectClass, now
from tests.e2e.labeling.grids import (
    cell,
    cells,
    enter,
    order,
    paint_all,
    words,
)
from tests.e2e.labeling.scene import Scene, eventually, pill, ready
from tests.factories import Factory

pytestmark = pytest.mark.services


@pytest.mark.parametrize("closed", [False, True], ids=["reloaded", "closed"])
def test_paint_that_was_not_sent_survives_a_reload_and_a_closed_tab(
    scene: Scene, closed: bool
) -> None:
    page, queries = enter(scene, 20)
    cell(page, queries[1]).click()
    page.keyboard.press("2")
    cell(page, queries[4]).click()
    expect(cell(page, queries[4])).to_have_attribute("aria-selected", "true")
    if closed:
        page.close()
        page = scene.page_in(page.context)
    else:
        scene.go(page)
    for query in (queries[1], queries[4]):
        expect(cell(page, query)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    scene.expect_answers((queries[1], "five"), (queries[4], "seven"))


def test_paint_keeps_its_place_in_view_however_late_its_image_comes(scene: Scene) -> None:
    page, queries = enter(scene, 20)
    painted = cell(page, queries[4])
    painted.click()
    late: list[Route] = []
    page.route(scene.address(queries[4]), lambda route: late.append(route))
    scene.go(page)
    expect(cells(page)).to_have_count(9)
    page.wait_for_timeout(600)
    expect(cells(page)).to_have_count(9)
    late[0].continue_()
    expect(painted).to_have_attribute("aria-selected", "true")
    expect(cells(page)).to_have_count(10)


def test_paint_whose_image_is_broken_leaves_its_place_to_others(scene: Scene) -> None:
    page, queries = enter(scene, 20)
    painted = cell(page, queries[4])
    painted.click()
    page.route(scene.address(queries[4]), lambda route: route.fulfill(status=410))
    scene.go(page)
    expect(cells(page)).to_have_count(10)
    expect(painted).to_have_count(0)


def test_fifty_go_out_in_one_list_and_the_next_fifty_are_there(scene: Scene) -> None:
    page, queries = enter(scene, 110, size=50)
    sent: list[int] = []
    page.on("request", lambda request: _count(sent, request))
    first, last = cell(page, queries[0]), cell(page, queries[49])
    paint_all(page, first, last)
    page.keyboard.press("Enter")
    scene.expect_answers(*((query, "five") for query in queries[:50]))
    expect(cells(page)).to_have_count(50)
    assert sent == [50]
    assert scene.labels() == 50


def _count(sent: list[int], request: Any) -> None:
    if request.url.endswith("/api/v1/labels"):
        sent.append(len(request.post_data_json))


def test_without_a_network_what_is_sent_is_kept_and_each_arrives_once(scene: Scene) -> None:
    page, queries = enter(scene, 40)
    for query in queries[:6]:
        cell(page, query).click()
    page.context.set_offline(True)
    page.keyboard.press("Enter")
    pill(page, "offline, 6 kept")
    cell(page, queries[7]).click()
    page.keyboard.press("Enter")
    pill(page, "offline, 7 kept")
    assert scene.answers() == []
    page.context.set_offline(False)
    wanted = [*queries[:6], queries[7]]
    scene.expect_answers(*((query, "five") for query in wanted))
    pill(page, "saved")
    assert scene.labels() == 7


def test_a_list_whose_verdicts_were_lost_is_stored_once(scene: Scene) -> None:
    page, queries = enter(scene, 20)
    lost: list[int] = []

    def lose_the_reply(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(len(route.request.post_data_json))
        route.fetch()
        route.abort()

    page.route("**/api/v1/labels", lose_the_reply)
    for query in queries[:5]:
        cell(page, query).click()
    page.keyboard.press("Enter")
    eventually(lambda: lost, lambda seen: seen == [5], page=page)
    pill(page, "saved")
    scene.expect_answers(*((query, "five") for query in queries[:5]))
    assert scene.labels() == 5


def test_without_a_network_one_at_a_time_stays_in_view(scene: Scene) -> None:
    first, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Many at a time").click()
    expect(page.locator("#word")).to_contain_text("cannot be loaded")
    page.keyboard.press("1")
    page.context.set_offline(False)
    scene.expect_answers((first, "five"))
    page.get_by_role("button", name="Many at a time").click()
    expect(cells(page)).to_have_count(7)


def test_what_one_tab_sent_leaves_the_other(scene: Scene) -> None:
    page, queries = enter(scene, 12)
    other = scene.page_in(page.context)
    expect(cells(other)).to_have_count(10)
    for query in queries[:4]:
        cell(page, query).click()
    cell(other, queries[1]).click()
    page.bring_to_front()
    page.keyboard.press("Enter")
    scene.expect_answers(*((query, "five") for query in queries[:4]))
    for query in queries[:4]:
        expect(cell(other, query)).to_have_count(0)
    other.keyboard.press("Enter")
    expect(other.locator("#word")).to_contain_text("Paint some images first")
    assert scene.labels() == 4


def test_painted_images_stay_when_their_time_is_over_and_say_if_others_were_faster(
    scene: Scene, make: Factory
) -> None:
    page, queries = enter(scene, 10, clock=True)
    cell(page, queries[0]).click()
    cell(page, queries[1]).click()
    scene.set(Claim, expires_at=now() - timedelta(minutes=1))
    page.clock.fast_forward(10 * 60 * 1000)
    expect(page.locator("#standstill")).to_contain_text("save those that you painted")
    bob = make.member(scene.project)
    faster = scene.enter(bob)
    faster.keyboard.press("2")
    scene.go(faster)
    page.keyboard.press("ArrowRight")
    expect(cell(page, queries[1])).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    eventually(scene.answers, lambda seen: seen == [(queries[1], "five")], page=page)
    expect(page.locator("#word")).to_contain_text("others had answered already")


def test_a_class_that_is_archived_meanwhile_is_painted_no_more(scene: Scene, make: Factory) -> None:
    page, queries = enter(scene, 20)
    cell(page, queries[0]).click()
    five = ProjectClass.id == make.classes(scene.project)[0].id
    make.session.commit()
    scene.set(ProjectClass, five, archived_at=now())
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#classes button")).to_have_count(1)
    cell(page, queries[1]).click()
    assert words(page)[:2] == ["not painted", "seven"]


def test_a_walk_waits_for_no_more_than_was_in_view(scene: Scene) -> None:
    before = scene.queries(10)
    walk = scene.walk(priority=-9.5)
    after = [scene.make.query(scene.project, priority=-20.0).id for _ in range(3)]
    page, _ = enter(scene, 0)
    assert order(page) == before
    cell(page, before[0]).click()
    page.keyboard.press("Enter")
    expect(cell(page, after[0])).to_be_visible()
    cell(page, before[1]).click()
    cell(page, before[2]).click()
    page.keyboard.press("Enter")
    expect(page.locator(".ask")).to_have_attribute("data-way", "walk")
    page.keyboard.press("s")
    expect(page.locator(".ask")).to_have_attribute("data-way", "grid")
    wanted = {before[0]: "five", before[1]: "five", before[2]: "five", walk: "skip"}
    scene.expect_answers(*wanted.items())
    assert set(order(page)) == {*before[3:], *after}
