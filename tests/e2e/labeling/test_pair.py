"""Pairs: which of two images shows more of a class."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app import database
from app.tables import Image, QueryImage
from tests.e2e.labeling.scene import PHONE, Scene, pill, ready
from tests.e2e.labeling.test_access import faults
from tests.e2e.labeling.touch import draw

pytestmark = pytest.mark.services

_DEVICES = pytest.mark.parametrize("device", [{}, PHONE], ids=["desk", "phone"])


def _in_view(page: Page, query: int) -> None:
    expect(page.locator(".pair-side").first).to_have_attribute("data-query", str(query))


def _side(page: Page, side: str) -> Any:
    return page.get_by_role("button", name=f"The {side} one is more “seven”")


def _chosen(query: int, more: int) -> tuple[int, str, str, dict[str, Any]]:
    return (query, "pair", "pair", {"more": more})


@_DEVICES
def test_a_press_on_an_image_answers(scene: Scene, device: dict[str, Any]) -> None:
    first, second = scene.pair(), scene.pair(priority=-1.0)
    page = scene.enter(**device)
    ready(page)
    expect(page.locator("#question")).to_have_text("Which of the two is more “seven”?")
    _side(page, "right").click()
    _in_view(page, second)
    page.wait_for_timeout(400)
    _side(page, "left").click()
    scene.expect_marks(_chosen(first, 1), _chosen(second, 0))
    expect(page.locator("#strip li")).to_have_text(["left one", "right one"])


def test_keys_alone_answer(scene: Scene) -> None:
    pairs = [scene.pair(priority=-float(rank)) for rank in range(6)]
    page = scene.enter()
    ready(page)
    for key in ("1", "2", "ArrowLeft", "ArrowRight"):
        page.keyboard.press(key)
    _in_view(page, pairs[4])
    _side(page, "left").focus()
    page.keyboard.press("ArrowRight")
    _in_view(page, pairs[5])
    expect(_side(page, "left")).to_be_focused()
    page.keyboard.press("Enter")
    wanted = zip(pairs, (0, 1, 0, 1, 1, 0), strict=True)
    scene.expect_marks(*(_chosen(query, more) for query, more in wanted))


def test_swipes_answer_on_a_phone(scene: Scene) -> None:
    first, second, third = (scene.pair(priority=-float(rank)) for rank in range(3))
    page = scene.enter(**PHONE)
    ready(page)
    for way in ({"x": -120, "y": 8}, {"x": 120, "y": -8}, {"x": 5, "y": 120}):
        box = page.locator(".pair-side").nth(0).bounding_box()
        assert box is not None
        middle = {"x": 195.0, "y": box["y"] + 60}
        draw(page, middle, {"x": middle["x"] + way["x"], "y": middle["y"] + way["y"]})
    scene.expect_marks(
        _chosen(first, 0), _chosen(second, 1), (third, "pair", "unrecognizable", None)
    )


def test_the_second_half_of_a_double_click_does_not_answer_the_next_pair(scene: Scene) -> None:
    first, second = scene.pair(), scene.pair(priority=-1.0)
    page = scene.enter()
    ready(page)
    _side(page, "left").dblclick()
    _in_view(page, second)
    page.wait_for_timeout(400)
    scene.expect_marks(_chosen(first, 0))


def test_a_key_pressed_in_rhythm_does_not_answer_a_pair_that_comes_up_under_it(
    scene: Scene,
) -> None:
    (single,) = scene.queries(1)
    pair = scene.pair(priority=-1.0)
    page = scene.enter()
    ready(page)
    page.evaluate(
        """() => ["2", "2"].forEach((key) =>
             dispatchEvent(new KeyboardEvent("keydown", { key, code: `Digit${key}` })))"""
    )
    _in_view(page, pair)
    scene.expect_marks((single, "single", "class", None))
    page.wait_for_timeout(300)
    page.keyboard.press("1")
    scene.expect_marks((single, "single", "class", None), _chosen(pair, 0))


def test_refusals_and_skips_are_as_everywhere_and_no_class_is_an_answer(scene: Scene) -> None:
    scene.make.project_class(scene.project, "nine")
    first, second = scene.pair(), scene.pair(priority=-1.0)
    page = scene.enter()
    ready(page)
    page.keyboard.press("3")
    page.keyboard.press("Space")
    page.keyboard.press("n")
    scene.expect_marks((first, "pair", "skip", None), (second, "pair", "unrecognizable", None))


@_DEVICES
def test_taking_a_pair_back_asks_the_same_again(scene: Scene, device: dict[str, Any]) -> None:
    first, second = scene.pair(), scene.pair(priority=-1.0)
    page = scene.enter(**device)
    ready(page)
    _side(page, "left").click()
    _in_view(page, second)
    page.get_by_role("button", name="Undo").click()
    _in_view(page, first)
    page.wait_for_timeout(400)
    _side(page, "right").click()
    _in_view(page, second)
    scene.expect_marks(_chosen(first, 1))


def test_a_pair_of_an_earlier_visit_is_asked_again_with_both_images(scene: Scene) -> None:
    first, second = scene.pair(), scene.pair(priority=-1.0)
    page = scene.enter()
    ready(page)
    page.keyboard.press("2")
    scene.expect_marks(_chosen(first, 1))
    pill(page, "saved")
    scene.go(page)
    _in_view(page, second)
    page.keyboard.press("z")
    _in_view(page, first)
    asked = (
        select(Image.sha256)
        .join(QueryImage, QueryImage.image_id == Image.id)
        .where(QueryImage.query_id == first)
        .order_by(QueryImage.position)
    )
    with database.reading() as session:
        hashes = session.scalars(asked).all()
    for side, sha256 in zip(page.locator(".pair-side img").all(), hashes, strict=True):
        expect(side).to_have_attribute("src", f"/images/{sha256}.png")
    page.keyboard.press("1")
    scene.expect_marks(_chosen(first, 0))
    assert scene.labels() == 2


def test_a_reload_in_the_middle_shows_the_same_pair(scene: Scene) -> None:
    query = scene.pair()
    page = scene.enter()
    _in_view(page, query)
    scene.go(page)
    _in_view(page, query)
    assert scene.marks() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@_DEVICES
def test_a_pair_holds_to_the_rules_of_accessibility(
    scene: Scene, device: dict[str, Any], scheme: str
) -> None:
    scene.pair()
    page = scene.enter(color_scheme=scheme, reduced_motion="reduce", **device)
    assert faults(page) == []


@pytest.mark.parametrize(
    "size", [(1280, 800), (390, 844), (390, 660), (844, 390), (768, 1024), (320, 568)]
)
def test_both_images_are_in_view_side_by_side(scene: Scene, size: tuple[int, int]) -> None:
    scene.pair()
    page = scene.enter(viewport={"width": size[0], "height": size[1]})
    left, right = (each.bounding_box() for each in page.locator(".pair-side").all())
    assert left is not None
    assert right is not None
    assert left["y"] == right["y"]
    assert left["x"] >= 0
    assert right["x"] + right["width"] <= size[0]
    assert left["y"] + left["height"] <= size[1] - 72
    assert left["width"] >= 128
