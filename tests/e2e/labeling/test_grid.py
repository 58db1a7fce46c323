"""The grid: many images at a time, painted with answers and sent together."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from app import database
from app.tables import Preferences, Remark
from app.words import Origin
from tests.e2e.labeling.grids import (
    cell,
    cells,
    enter,
    names,
    order,
    stroke,
    ways,
    words,
)
from tests.e2e.labeling.scene import PHONE, Scene, eventually
from tests.e2e.labeling.touch import draw
from tests.factories import Factory

pytestmark = pytest.mark.services


def test_clicks_paint_with_the_class_that_a_key_or_button_chose(scene: Scene) -> None:
    page, queries = enter(scene, 30)
    assert order(page) == queries[:10]
    cell(page, queries[0]).click()
    page.keyboard.press("2")
    cell(page, queries[1]).click()
    page.get_by_role("button", name="Can’t tell").click()
    cell(page, queries[2]).click()
    page.keyboard.press("n")
    cell(page, queries[3]).click()
    page.keyboard.press("s")
    cell(page, queries[4]).click()
    painted = ["five", "seven", "can’t tell", "none of these", "skipped"]
    assert words(page) == painted + ["not painted"] * 5
    assert scene.answers() == []
    page.keyboard.press("Enter")
    answers = ["five", "seven", "unrecognizable", "unrecognizable", "skip"]
    scene.expect_answers(*zip(queries, answers, strict=False))
    assert ways(scene) == {"grid": 5}
    expect(cells(page)).to_have_count(10)
    assert order(page) == queries[10:15] + queries[5:10], "what was not sent stays where it is"


def test_a_drag_paints_every_cell_on_its_way_and_a_second_one_takes_it_off(scene: Scene) -> None:
    page, queries = enter(scene, 20)
    page.keyboard.press("2")
    row = [cell(page, query) for query in queries]
    stroke(page, row[0], row[3])
    assert words(page)[:5] == ["seven"] * 4 + ["not painted"]
    stroke(page, row[2], row[3])
    assert words(page)[:5] == ["seven"] * 2 + ["not painted"] * 3
    page.keyboard.press("1")
    stroke(page, row[1], row[2])
    assert words(page)[:4] == ["seven", "five", "five", "not painted"]


def test_the_keyboard_alone_is_enough(scene: Scene) -> None:
    page, queries = enter(scene, 20)
    page.keyboard.press("ArrowRight")
    expect(cell(page, queries[0])).to_be_focused()
    for key in "12u":
        page.keyboard.press(key)
    expect(cell(page, queries[3])).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    assert words(page)[:6] == [
        "five",
        "seven",
        "can’t tell",
        "not painted",
        "can’t tell",
        "not painted",
    ]
    expect(cell(page, queries[5])).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("2")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    assert words(page)[:2] == ["seven", "seven"], "without a cell the key chooses what clicks paint"
    page.keyboard.press("Enter")
    scene.expect_answers(
        (queries[0], "seven"),
        (queries[1], "seven"),
        (queries[2], "unrecognizable"),
        (queries[4], "unrecognizable"),
    )


def test_arrows_go_up_and_down_by_a_row(scene: Scene) -> None:
    page, queries = enter(scene, 20)
    boxes = [box for query in queries[:10] if (box := cell(page, query).bounding_box())]
    columns = sum(box["y"] == boxes[0]["y"] for box in boxes)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(cell(page, queries[columns])).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(cell(page, queries[0])).to_be_focused()
    page.keyboard.press("End")
    expect(cell(page, queries[9])).to_be_focused()


@pytest.mark.parametrize("key", ["Backspace", "z"])
def test_paint_comes_off_before_what_was_sent_is_taken_back(scene: Scene, key: str) -> None:
    page, queries = enter(scene, 20)
    cell(page, queries[0]).click()
    page.keyboard.press("Enter")
    scene.expect_answers((queries[0], "five"))
    cell(page, queries[1]).click()
    cell(page, queries[2]).click()
    page.keyboard.press(key)
    assert Counter(words(page)) == {"five": 1, "not painted": 9}
    page.keyboard.press(key)
    assert Counter(words(page)) == {"not painted": 10}
    page.keyboard.press(key)
    scene.expect_answers()
    expect(page.locator("#frame img")).to_have_attribute("data-query", str(queries[0]))
    page.keyboard.press("2")
    scene.expect_answers((queries[0], "seven"))
    expect(cells(page)).to_have_count(10)
    assert ways(scene) == {"grid": 1, "single": 1}


def test_own_keys_paint_too(scene: Scene, make: Factory) -> None:
    five = make.classes(scene.project)[0].id
    page, _ = enter(scene, 20)
    scene.set(Preferences, choices=_with_keys({f"class:{five}": "f"}))
    scene.go(page)
    expect(cells(page)).to_have_count(10)
    page.keyboard.press("2")
    page.keyboard.press("f")
    cells(page).first.click()
    assert words(page)[0] == "five"


def _with_keys(keys: dict[str, str]) -> dict[str, Any]:
    return {"way": "grid", "grid_size": 10, "keys": keys}


def test_how_many_and_which_way_are_chosen_on_the_page_and_stay_so(scene: Scene) -> None:
    scene.queries(40)
    page = scene.enter()
    page.get_by_role("button", name="Many at a time").click()
    expect(cells(page)).to_have_count(20)
    page.get_by_role("combobox", name="Images at a time").select_option("30")
    expect(cells(page)).to_have_count(30)
    page.get_by_role("combobox", name="Images at a time").select_option("10")
    expect(cells(page)).to_have_count(10)
    scene.expect_preferred(way="grid", grid_size=10)
    scene.go(page)
    expect(cells(page)).to_have_count(10)
    page.get_by_role("button", name="One at a time").click()
    expect(page.locator("#frame img")).to_be_visible()
    scene.expect_preferred(way="single", grid_size=10)
    scene.go(page)
    expect(page.locator("#frame img")).to_be_visible()


def test_what_is_chosen_last_outlives_a_page_that_is_left_at_once(scene: Scene) -> None:
    page, _ = enter(scene, 40)
    page.evaluate(
        """() => {
          const real = window.fetch;
          let slow = 1;
          const waits = (address) => address.endsWith("/preferences") && slow-- > 0;
          window.fetch = (address, options) =>
            waits(address) ? new Promise(() => {}) : real(address, options);
        }"""
    )
    sizes = page.get_by_role("combobox", name="Images at a time")
    sizes.select_option("30")
    sizes.select_option("20")
    page.goto("about:blank")
    scene.expect_preferred(way="grid", grid_size=20)


def test_who_likes_one_at_a_time_gets_it_where_the_project_begins_with_many(scene: Scene) -> None:
    scene.set_settings(way="grid")
    scene.queries(24)
    page = scene.enter()
    expect(cells(page)).to_have_count(20)
    with page.expect_response("**/preferences"):
        page.get_by_role("button", name="One at a time").click()
    scene.go(page)
    expect(page.locator("#frame img")).to_be_visible()
    page.keyboard.press("1")
    eventually(lambda: ways(scene), lambda seen: seen == {"single": 1})


def test_a_remark_is_about_the_image_that_the_person_points_at(scene: Scene) -> None:
    page, queries = enter(scene, 12)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("r")
    page.keyboard.type("torn")
    page.keyboard.press("Enter")

    def look() -> list[int]:
        with database.reading() as session:
            mine = select(Remark.query_id).where(Remark.project_id == scene.project.id)
            return list(session.scalars(mine))

    assert eventually(look, bool) == [queries[1]]


def test_plus_and_minus_make_images_larger_and_smaller(scene: Scene) -> None:
    page, _ = enter(scene, 40, size=20)
    page.keyboard.press("-")
    expect(cells(page)).to_have_count(30)
    page.keyboard.press("+")
    page.keyboard.press("+")
    expect(cells(page)).to_have_count(10)
    page.keyboard.press("+")
    expect(page.get_by_role("combobox", name="Images at a time")).to_have_value("10")


def test_screen_readers_are_told_what_is_painted_and_what_is_imagined(scene: Scene) -> None:
    imagined = scene.picture(8, 8, Origin.SYNTHESIZED)
    scene.make.query(scene.project, image=imagined, priority=5.0)
    page, _ = enter(scene, 12)
    assert names(page)[0] == "Image 1, imagined: not painted"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("2")
    assert names(page)[0] == "Image 1, imagined: seven"
    expect(page.locator("#live")).to_have_text("Image 1: seven.")
    expect(cells(page).first).to_have_attribute("aria-selected", "true")
    expect(cells(page).nth(1)).to_have_attribute("tabindex", "0")


def _draw_finger(page: Page, begin: Locator, x: float, y: float) -> None:
    box = begin.bounding_box()
    assert box is not None
    from_x, from_y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    steps = (0, 0.2, 0.4, 0.6, 0.8, 1)
    draw(page, *({"x": from_x + x * share, "y": from_y + y * share} for share in steps))


def test_on_a_phone_taps_and_drags_paint(scene: Scene) -> None:
    page, queries = enter(scene, 20, **PHONE)
    cell(page, queries[0]).tap()
    box = cell(page, queries[0]).bounding_box()
    assert box is not None
    page.get_by_role("button", name="seven").tap()
    _draw_finger(page, cell(page, queries[1]), 0, box["height"] * 1.1)
    painted = [place for place, word in enumerate(words(page)) if word == "seven"]
    assert len(painted) == 2
    assert words(page)[0] == "five"
    page.get_by_role("button", name="Send 3").tap()
    eventually(scene.labels, lambda count: count == 3)


def test_where_the_cells_scroll_a_finger_up_scrolls_and_one_sideways_paints(scene: Scene) -> None:
    page, queries = enter(scene, 50, size=50, **PHONE)
    for _ in range(6):
        scene.make.project_class(scene.project)
    scene.go(page)
    expect(cells(page)).to_have_count(50)
    area = page.locator(".cells")
    assert area.evaluate("(it) => it.scrollHeight > it.clientHeight")
    _draw_finger(page, cell(page, queries[15]), 0, -100)
    eventually(lambda: area.evaluate("(it) => it.scrollTop"), lambda top: top > 0, page=page)
    assert set(words(page)) == {"not painted"}
    middle = cell(page, queries[22])
    middle.scroll_into_view_if_needed()
    _draw_finger(page, middle, 110, 3)
    assert Counter(words(page))["five"] == 3


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
    page, _ = enter(scene, 30, size=30, **options)
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
    box = cells(page).first.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
