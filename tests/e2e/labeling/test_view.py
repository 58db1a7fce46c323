"""How the annotator's page shows an image, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from app.words import Origin
from tests.e2e.labeling.scene import DESK, PHONE, Scene, pill, ready

pytestmark = pytest.mark.services

_SCREENS = pytest.mark.parametrize("screen", [DESK, PHONE], ids=["1280x800", "390x844"])


def _width(image: Locator) -> float:
    """How wide an image appears, zoom included."""
    return float(image.evaluate("(image) => image.getBoundingClientRect().width"))


def _rendering(image: Locator) -> str:
    return str(image.evaluate("(image) => getComputedStyle(image).imageRendering"))


def test_a_tiny_image_is_crisp_and_small_enough_to_be_recognized(scene: Scene) -> None:
    scene.queries(1, image=scene.picture(8, 8))
    scene.queries(1, image=scene.picture(28, 28))
    page = scene.enter()
    image = page.locator("#frame img")
    assert (_width(image), _rendering(image)) == (256, "pixelated")
    page.keyboard.press("1")
    assert (_width(image), _rendering(image)) == (448, "pixelated")


def test_a_large_image_is_smooth_and_fits(scene: Scene) -> None:
    scene.queries(1, image=scene.picture(2000, 1000))
    page = scene.enter()
    image = page.locator("#frame img")
    assert _rendering(image) == "auto"
    stage = page.locator("#stage").bounding_box()
    assert stage is not None
    assert abs(_width(image) - min(stage["width"], 2 * stage["height"])) <= 1


def test_blending_pixels_is_remembered_by_the_browser(scene: Scene) -> None:
    scene.queries(3)
    page = scene.enter()
    image = page.locator("#frame img")
    page.keyboard.press("b")
    assert _rendering(image) == "auto"
    page.keyboard.press("1")
    assert _rendering(image) == "auto"
    scene.go(page)
    assert _rendering(image) == "auto"
    expect(page.locator("#smooth")).to_have_attribute("aria-pressed", "true")
    page.locator("#smooth").click()
    assert _rendering(image) == "pixelated"


def test_a_size_within_the_window_stays_and_beyond_it_lasts_for_one_image(scene: Scene) -> None:
    scene.queries(4)
    page = scene.enter()
    image = page.locator("#frame img")
    page.keyboard.press("+")
    page.keyboard.press("1")
    assert _width(image) == 256 * 1.5
    for _ in range(4):
        page.keyboard.press("+")
    assert _width(image) > 800
    page.keyboard.press("1")
    stage = page.locator("#stage").bounding_box()
    assert stage is not None
    assert abs(_width(image) - stage["height"]) <= 2
    page.keyboard.press("Escape")
    page.keyboard.press("-")
    assert 100 < _width(image) < 256
    scene.go(page)
    assert 100 < _width(image) < 256


def test_an_image_larger_than_the_window_is_dragged(scene: Scene) -> None:
    scene.queries(2)
    page = scene.enter()
    for _ in range(5):
        page.keyboard.press("+")
    image = page.locator("#frame img")
    before = image.bounding_box()
    page.mouse.move(640, 300)
    page.mouse.down()
    page.mouse.move(700, 340)
    page.mouse.up()
    after = image.bounding_box()
    assert before is not None
    assert after is not None
    assert (round(after["x"] - before["x"]), round(after["y"] - before["y"])) == (60, 40)


def test_inversion_and_contrast_stay_on_from_image_to_image(scene: Scene) -> None:
    scene.queries(3)
    page = scene.enter()
    page.keyboard.press("i")
    page.locator("#contrast").click()
    page.keyboard.press("1")
    image = page.locator("#frame img")
    assert image.evaluate("(image) => getComputedStyle(image).filter") == "contrast(2) invert(1)"
    expect(page.locator("#invert")).to_have_attribute("aria-pressed", "true")


def _boxes(page: Page, *selectors: str) -> list[dict[str, Any]]:
    """Where elements that are shown stand."""
    return list(
        page.evaluate(
            """(selectors) => selectors.flatMap((each) => [...document.querySelectorAll(each)])
              .filter((element) => element.checkVisibility()).map((element) => {
                const { left, top, right, bottom } = element.getBoundingClientRect();
                return { name: element.id || element.className, left, top, right, bottom };
              })""",
            list(selectors),
        )
    )


def _overlapping(boxes: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [
        (one["name"], other["name"])
        for index, one in enumerate(boxes)
        for other in boxes[index + 1 :]
        if one["left"] < other["right"] - 0.5
        and other["left"] < one["right"] - 0.5
        and one["top"] < other["bottom"] - 0.5
        and other["top"] < one["bottom"] - 0.5
    ]


@_SCREENS
def test_nothing_covers_anything_and_all_is_within_the_window(
    scene: Scene, screen: dict[str, Any]
) -> None:
    scene.queries(8)
    page = scene.enter(**screen)
    ready(page)
    page.get_by_role("button", name="five").click()
    pill(page, "saved")
    page.context.set_offline(offline=True)
    page.get_by_role("button", name="Skip").click()
    expect(page.locator("#pill-text")).to_have_text("offline, 1 kept")
    pieces = (
        "#question",
        "#origin",
        "#frame img",
        ".tools button",
        ".answer",
        "#undo",
        ".strip li",
    )
    boxes = _boxes(page, ".bar > *", *pieces)
    assert _overlapping(boxes) == []
    width, height = screen["viewport"]["width"], screen["viewport"]["height"]
    outside = [each["name"] for each in boxes if each["right"] > width or each["bottom"] > height]
    assert outside == []


def test_whether_an_image_is_imagined_is_said_without_moving_anything(scene: Scene) -> None:
    scene.queries(1, image=scene.picture(8, 8, Origin.SYNTHESIZED))
    scene.queries(3)
    page = scene.enter()
    expect(page.locator("#origin")).to_have_text("imagined")
    before = _boxes(page, "#question", "#origin", "#round")
    page.keyboard.press("1")
    expect(page.locator("#origin")).to_have_text("real")
    assert _boxes(page, "#question", "#origin", "#round") == before
    scene.project.settings = {**scene.project.settings, "show_origin": False}
    scene.make.session.commit()
    scene.go(page)
    expect(page.locator("#origin")).to_be_hidden()


def test_buttons_are_large_enough_for_a_thumb(scene: Scene) -> None:
    scene.queries(3)
    page = scene.enter(**PHONE)
    boxes = _boxes(page, ".answer", ".tools button", "#undo", ".strip button")
    small = [
        each["name"]
        for each in boxes
        if each["right"] - each["left"] < 40 or each["bottom"] - each["top"] < 36
    ]
    assert small == []
    for answer in _boxes(page, ".answer"):
        assert answer["bottom"] - answer["top"] >= 48
