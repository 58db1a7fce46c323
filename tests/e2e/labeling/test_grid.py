"""The grid: many images at a time, painted with answers and sent together."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import select, update

from app import database
from app.tables import Claim, Label, Preferences, ProjectClass, Remark, now
from app.words import Origin
from tests.e2e.labeling.scene import PHONE, Scene, eventually, pill, ready
from tests.e2e.labeling.touch import draw
from tests.factories import Factory

pytestmark = pytest.mark.services


def _enter(scene: Scene, count: int, size: int = 10, **options: Any) -> tuple[Page, list[int]]:
    """Open the grid with all of its cells filled."""
    queries = scene.queries(count)
    choices = {"way": "grid", "grid_size": size, "keys": {}}
    scene.make.session.add(
        Preferences(project_id=scene.project.id, user_id=scene.ann.id, choices=choices)
    )
    page = scene.enter(**options)
    expect(_cells(page)).to_have_count(min(size, count or size))
    return page, queries


def _cells(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Images to label").get_by_role("option")


def _cell(page: Page, query: int) -> Locator:
    return page.locator(f".cell[data-query='{query}']")


def _words(page: Page) -> list[str]:
    return [each.removeprefix("Image ").split(": ")[1] for each in _names(page)]


def _names(page: Page) -> list[str]:
    return [str(each.get_attribute("aria-label")) for each in _cells(page).all()]


def _order(page: Page) -> list[int]:
    return [int(str(each.get_attribute("data-query"))) for each in _cells(page).all()]


def _ways(scene: Scene) -> Counter[str]:
    with database.reading() as session:
        rows = session.scalars(select(Label.way).where(Label.project_id == scene.project.id))
        return Counter(each.value for each in rows)


def _stroke(page: Page, *cells: Locator) -> None:
    """Draw the mouse over cells."""
    for place, cell in enumerate(cells):
        box = cell.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        if place == 0:
            page.mouse.down()
    page.mouse.up()


def test_clicks_paint_with_the_class_that_a_key_or_button_chose(scene: Scene) -> None:
    page, queries = _enter(scene, 30)
    assert _order(page) == queries[:10]
    _cell(page, queries[0]).click()
    page.keyboard.press("2")
    _cell(page, queries[1]).click()
    page.get_by_role("button", name="Can’t tell").click()
    _cell(page, queries[2]).click()
    page.keyboard.press("n")
    _cell(page, queries[3]).click()
    page.keyboard.press("s")
    _cell(page, queries[4]).click()
    words = ["five", "seven", "can’t tell", "none of these", "skipped"]
    assert _words(page) == words + ["not painted"] * 5
    assert scene.answers() == []
    page.keyboard.press("Enter")
    answers = ["five", "seven", "unrecognizable", "unrecognizable", "skip"]
    scene.expect_answers(*zip(queries, answers, strict=False))
    assert _ways(scene) == {"grid": 5}
    expect(_cells(page)).to_have_count(10)
    assert _order(page) == queries[10:15] + queries[5:10], "what was not sent stays where it is"


def test_a_drag_paints_every_cell_on_its_way_and_a_second_one_takes_it_off(scene: Scene) -> None:
    page, queries = _enter(scene, 20)
    page.keyboard.press("2")
    cells = [_cell(page, query) for query in queries]
    _stroke(page, cells[0], cells[3])
    assert _words(page)[:5] == ["seven"] * 4 + ["not painted"]
    _stroke(page, cells[2], cells[3])
    assert _words(page)[:5] == ["seven"] * 2 + ["not painted"] * 3
    page.keyboard.press("1")
    _stroke(page, cells[1], cells[2])
    assert _words(page)[:4] == ["seven", "five", "five", "not painted"]


def test_the_keyboard_alone_is_enough(scene: Scene) -> None:
    page, queries = _enter(scene, 20)
    page.keyboard.press("ArrowRight")
    expect(_cell(page, queries[0])).to_be_focused()
    for key in "12u":
        page.keyboard.press(key)
    expect(_cell(page, queries[3])).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    assert _words(page)[:6] == [
        "five",
        "seven",
        "can’t tell",
        "not painted",
        "can’t tell",
        "not painted",
    ]
    expect(_cell(page, queries[5])).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("2")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    assert _words(page)[:2] == ["seven", "seven"], (
        "without a cell the key chooses what clicks paint"
    )
    page.keyboard.press("Enter")
    scene.expect_answers(
        (queries[0], "seven"),
        (queries[1], "seven"),
        (queries[2], "unrecognizable"),
        (queries[4], "unrecognizable"),
    )


def test_arrows_go_up_and_down_by_a_row(scene: Scene) -> None:
    page, queries = _enter(scene, 20)
    boxes = [box for query in queries[:10] if (box := _cell(page, query).bounding_box())]
    columns = sum(box["y"] == boxes[0]["y"] for box in boxes)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(_cell(page, queries[columns])).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(_cell(page, queries[0])).to_be_focused()
    page.keyboard.press("End")
    expect(_cell(page, queries[9])).to_be_focused()


@pytest.mark.parametrize("key", ["Backspace", "z"])
def test_paint_comes_off_before_what_was_sent_is_taken_back(scene: Scene, key: str) -> None:
    page, queries = _enter(scene, 20)
    _cell(page, queries[0]).click()
    page.keyboard.press("Enter")
    scene.expect_answers((queries[0], "five"))
    _cell(page, queries[1]).click()
    _cell(page, queries[2]).click()
    page.keyboard.press(key)
    assert Counter(_words(page)) == {"five": 1, "not painted": 9}
    page.keyboard.press(key)
    assert Counter(_words(page)) == {"not painted": 10}
    page.keyboard.press(key)
    scene.expect_answers()
    expect(page.locator("#frame img")).to_have_attribute("data-query", str(queries[0]))
    page.keyboard.press("2")
    scene.expect_answers((queries[0], "seven"))
    expect(_cells(page)).to_have_count(10)
    assert _ways(scene) == {"grid": 1, "single": 1}


def test_own_keys_paint_too(scene: Scene, make: Factory) -> None:
    five = make.classes(scene.project)[0].id
    page, queries = _enter(scene, 20)
    scene.change(update(Preferences).values(choices=_with_keys({f"class:{five}": "f"})))
    scene.go(page)
    expect(_cells(page)).to_have_count(10)
    page.keyboard.press("2")
    page.keyboard.press("f")
    _cell(page, queries[0]).click()
    assert _words(page)[0] == "five"


def _with_keys(keys: dict[str, str]) -> dict[str, Any]:
    return {"way": "grid", "grid_size": 10, "keys": keys}


def test_how_many_and_which_way_are_chosen_on_the_page_and_stay_so(scene: Scene) -> None:
    scene.queries(40)
    page = scene.enter()
    page.get_by_role("button", name="Many at a time").click()
    expect(_cells(page)).to_have_count(20)
    page.get_by_role("combobox", name="Images at a time").select_option("30")
    expect(_cells(page)).to_have_count(30)
    with page.expect_response("**/preferences"):
        page.get_by_role("combobox", name="Images at a time").select_option("10")
    expect(_cells(page)).to_have_count(10)
    scene.go(page)
    expect(_cells(page)).to_have_count(10)
    with page.expect_response("**/preferences"):
        page.get_by_role("button", name="One at a time").click()
    expect(page.locator("#frame img")).to_be_visible()
    scene.go(page)
    expect(page.locator("#frame img")).to_be_visible()


def test_who_likes_one_at_a_time_gets_it_where_the_project_begins_with_many(scene: Scene) -> None:
    scene.set_settings(way="grid")
    scene.queries(24)
    page = scene.enter()
    expect(_cells(page)).to_have_count(20)
    with page.expect_response("**/preferences"):
        page.get_by_role("button", name="One at a time").click()
    scene.go(page)
    expect(page.locator("#frame img")).to_be_visible()
    page.keyboard.press("1")
    eventually(lambda: _ways(scene), lambda seen: seen == {"single": 1})


def test_a_remark_is_about_the_image_that_the_person_points_at(scene: Scene) -> None:
    page, queries = _enter(scene, 12)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("r")
    page.keyboard.type("torn")
    page.keyboard.press("Enter")

    def look() -> list[int]:
        with database.reading() as session:
            mine = select(Remark.query_id).where(Remark.project_id == scene.project.id)
            return list(session.scalars(mine))

    eventually(look, lambda seen: seen == [queries[1]])


@pytest.mark.parametrize("closed", [False, True], ids=["reloaded", "closed"])
def test_paint_that_was_not_sent_survives_a_reload_and_a_closed_tab(
    scene: Scene, closed: bool
) -> None:
    page, queries = _enter(scene, 20)
    _cell(page, queries[1]).click()
    page.keyboard.press("2")
    _cell(page, queries[4]).click()
    if closed:
        page.close()
        page = scene.page_in(page.context)
    else:
        scene.go(page)
    expect(_cells(page)).to_have_count(10)
    expect(_cell(page, queries[1])).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    scene.expect_answers((queries[1], "five"), (queries[4], "seven"))


def test_plus_and_minus_make_images_larger_and_smaller(scene: Scene) -> None:
    page, _ = _enter(scene, 40, size=20)
    page.keyboard.press("-")
    expect(_cells(page)).to_have_count(30)
    page.keyboard.press("+")
    page.keyboard.press("+")
    expect(_cells(page)).to_have_count(10)
    page.keyboard.press("+")
    expect(page.get_by_role("combobox", name="Images at a time")).to_have_value("10")


def test_fifty_go_out_in_one_list_and_the_next_fifty_are_there(scene: Scene) -> None:
    page, queries = _enter(scene, 110, size=50)
    sent: list[int] = []
    page.on("request", lambda request: _count(sent, request))
    first, last = _cell(page, queries[0]), _cell(page, queries[49])
    _paint_all(page, first, last)
    page.keyboard.press("Enter")
    scene.expect_answers(*((query, "five") for query in queries[:50]))
    expect(_cells(page)).to_have_count(50)
    assert sent == [50]
    assert scene.labels() == 50


def _count(sent: list[int], request: Any) -> None:
    if request.url.endswith("/api/v1/labels"):
        sent.append(len(request.post_data_json))


def _paint_all(page: Page, first: Locator, last: Locator) -> None:
    """Draw the mouse through all rows, to and fro."""
    begin, end = first.bounding_box(), last.bounding_box()
    assert begin is not None
    assert end is not None
    half = begin["height"] / 2
    left, right = (
        begin["x"] + half,
        page.locator(".cells").evaluate(
            "(it) => Math.max(...[...it.children].map((one) => one.getBoundingClientRect().right))"
        ),
    )
    y = begin["y"] + half
    page.mouse.move(left, y)
    page.mouse.down()
    while y < end["y"] + end["height"]:
        page.mouse.move(right - 10, y)
        page.mouse.move(left, y)
        y += half
        page.mouse.move(left, y)
    page.mouse.up()


def test_without_a_network_what_is_sent_is_kept_and_each_arrives_once(scene: Scene) -> None:
    page, queries = _enter(scene, 40)
    for query in queries[:6]:
        _cell(page, query).click()
    page.context.set_offline(True)
    page.keyboard.press("Enter")
    pill(page, "offline, 6 kept")
    _cell(page, queries[7]).click()
    page.keyboard.press("Enter")
    pill(page, "offline, 7 kept")
    assert scene.answers() == []
    page.context.set_offline(False)
    wanted = [*queries[:6], queries[7]]
    scene.expect_answers(*((query, "five") for query in wanted))
    pill(page, "saved")
    assert scene.labels() == 7


def test_a_list_whose_verdicts_were_lost_is_stored_once(scene: Scene) -> None:
    page, queries = _enter(scene, 20)
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
        _cell(page, query).click()
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
    expect(_cells(page)).to_have_count(7)


def test_what_one_tab_sent_leaves_the_other(scene: Scene) -> None:
    page, queries = _enter(scene, 12)
    other = scene.page_in(page.context)
    expect(_cells(other)).to_have_count(10)
    for query in queries[:4]:
        _cell(page, query).click()
    _cell(other, queries[1]).click()
    page.bring_to_front()
    page.keyboard.press("Enter")
    scene.expect_answers(*((query, "five") for query in queries[:4]))
    for query in queries[:4]:
        expect(_cell(other, query)).to_have_count(0)
    other.keyboard.press("Enter")
    expect(other.locator("#word")).to_contain_text("Paint some images first")
    assert scene.labels() == 4


def test_painted_images_stay_when_their_time_is_over_and_say_if_others_were_faster(
    scene: Scene, make: Factory
) -> None:
    page, queries = _enter(scene, 10, clock=True)
    _cell(page, queries[0]).click()
    _cell(page, queries[1]).click()
    scene.set(Claim, expires_at=now() - timedelta(minutes=1))
    page.clock.fast_forward(10 * 60 * 1000)
    expect(page.locator("#standstill")).to_contain_text("save those that you painted")
    bob = make.member(scene.project)
    faster = scene.enter(bob)
    faster.keyboard.press("2")
    scene.go(faster)
    page.keyboard.press("ArrowRight")
    expect(_cell(page, queries[1])).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    eventually(scene.answers, lambda seen: seen == [(queries[1], "five")], page=page)
    expect(page.locator("#word")).to_contain_text("others had answered already")


def test_a_class_that_is_archived_meanwhile_is_painted_no_more(scene: Scene, make: Factory) -> None:
    page, queries = _enter(scene, 20)
    _cell(page, queries[0]).click()
    five = ProjectClass.id == make.classes(scene.project)[0].id
    make.session.commit()
    scene.set(ProjectClass, five, archived_at=now())
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#classes button")).to_have_count(1)
    _cell(page, queries[1]).click()
    assert _words(page)[:2] == ["not painted", "seven"]


def test_screen_readers_are_told_what_is_painted_and_what_is_imagined(scene: Scene) -> None:
    imagined = scene.picture(8, 8, Origin.SYNTHESIZED)
    scene.make.query(scene.project, image=imagined, priority=5.0)
    page, _ = _enter(scene, 12)
    assert _names(page)[0] == "Image 1, imagined: not painted"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("2")
    assert _names(page)[0] == "Image 1, imagined: seven"
    expect(page.locator("#live")).to_have_text("Image 1: seven.")
    expect(_cells(page).first).to_have_attribute("aria-selected", "true")
    expect(_cells(page).nth(1)).to_have_attribute("tabindex", "0")


def _draw_finger(page: Page, begin: Locator, x: float, y: float) -> None:
    box = begin.bounding_box()
    assert box is not None
    from_x, from_y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    steps = (0, 0.2, 0.4, 0.6, 0.8, 1)
    draw(page, *({"x": from_x + x * share, "y": from_y + y * share} for share in steps))


def test_on_a_phone_taps_and_drags_paint(scene: Scene) -> None:
    page, queries = _enter(scene, 20, **PHONE)
    _cell(page, queries[0]).tap()
    box = _cell(page, queries[0]).bounding_box()
    assert box is not None
    page.get_by_role("button", name="seven").tap()
    _draw_finger(page, _cell(page, queries[1]), 0, box["height"] * 1.1)
    painted = [place for place, word in enumerate(_words(page)) if word == "seven"]
    assert len(painted) == 2
    assert _words(page)[0] == "five"
    page.get_by_role("button", name="Send 3").tap()
    eventually(scene.labels, lambda count: count == 3)


def test_where_the_cells_scroll_a_finger_up_scrolls_and_one_sideways_paints(scene: Scene) -> None:
    page, queries = _enter(scene, 50, size=50, **PHONE)
    for _ in range(6):
        scene.make.project_class(scene.project)
    scene.go(page)
    expect(_cells(page)).to_have_count(50)
    cells = page.locator(".cells")
    assert cells.evaluate("(it) => it.scrollHeight > it.clientHeight")
    _draw_finger(page, _cell(page, queries[15]), 0, -100)
    eventually(lambda: cells.evaluate("(it) => it.scrollTop"), lambda top: top > 0, page=page)
    assert set(_words(page)) == {"not painted"}
    middle = _cell(page, queries[22])
    middle.scroll_into_view_if_needed()
    _draw_finger(page, middle, 110, 3)
    assert Counter(_words(page))["five"] == 3


def test_a_walk_waits_for_no_more_than_was_in_view(scene: Scene) -> None:
    before = scene.queries(10)
    walk = scene.walk(priority=-9.5)
    after = [scene.make.query(scene.project, priority=-20.0).id for _ in range(3)]
    page, _ = _enter(scene, 0)
    assert _order(page) == before
    _cell(page, before[0]).click()
    page.keyboard.press("Enter")
    expect(_cell(page, after[0])).to_be_visible()
    _cell(page, before[1]).click()
    _cell(page, before[2]).click()
    page.keyboard.press("Enter")
    expect(page.locator(".ask")).to_have_attribute("data-way", "walk")
    page.keyboard.press("s")
    expect(page.locator(".ask")).to_have_attribute("data-way", "grid")
    wanted = {before[0]: "five", before[1]: "five", before[2]: "five", walk: "skip"}
    scene.expect_answers(*wanted.items())
    assert set(_order(page)) == {*before[3:], *after}


@pytest.mark.parametrize(
    "options",
    [{}, PHONE, {"viewport": {"width": 1280, "height": 600}}],
    ids=["1280x800", "390x844", "1280x600"],
)
@pytest.mark.parametrize("classes", [2, 12])
def test_the_page_does_not_scroll_and_everything_is_within_reach(
    scene: Scene, make: Factory, classes: int, options: dict[str, Any]
) -> None:
    for number in range(classes - 2):
        make.project_class(scene.project, f"a class with a long name {number}")
    page, _ = _enter(scene, 30, size=30, **options)
    page.keyboard.press("ArrowRight")
    within = """() => ["#skip", "#undo", ".grid-bar", ".send", "select", ".cells"].map((name) => {
      const { left, top, right, bottom } = document.querySelector(name).getBoundingClientRect();
      return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
    })"""
    assert page.evaluate(within) == [True] * 6
    document = "() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    size = page.viewport_size
    assert size is not None
    assert page.evaluate(document) == [size["width"], size["height"]]
    box = _cells(page).first.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
