"""Boundary walks: one gesture on a strip tells the last of one class and the first of the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.labeling.scene import PHONE, Scene, pill, ready
from tests.e2e.labeling.test_access import faults
from tests.e2e.labeling.touch import draw
from tests.factories import Factory

pytestmark = pytest.mark.services

_DEVICES = pytest.mark.parametrize("device", [{}, PHONE], ids=["desk", "phone"])


def _in_view(page: Page, query: int) -> None:
    expect(page.locator(".walk-frames")).to_have_attribute("data-query", str(query))


def _at(page: Page, place: float) -> dict[str, float]:
    """Where on the screen a place on the strip is, in frames from its beginning."""
    frame = page.locator(".walk-frame").nth(int(min(place, 10)))
    box = frame.bounding_box()
    assert box is not None
    return {"x": box["x"] + box["width"] * (place - int(min(place, 10))), "y": box["y"] + 30}


def _stroke(page: Page, *places: float) -> None:
    """Press at a place on the strip, go along, and let go."""
    points = [_at(page, place) for place in places]
    if page.evaluate("matchMedia('(pointer: coarse)').matches"):
        draw(page, *points)
        return
    page.mouse.move(**points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(**point)
    page.mouse.up()


def _marked(query: int, last: int, first: int) -> tuple[int, str, str, dict[str, Any]]:
    return (query, "walk", "walk", {"last": last, "first": first})


@_DEVICES
def test_a_press_between_two_frames_answers(scene: Scene, device: dict[str, Any]) -> None:
    first, second, third = (scene.walk(priority=-float(rank)) for rank in range(3))
    page = scene.enter(**device)
    _in_view(page, first)
    expect(page.locator("#question")).to_have_text("Where does “five” end and “seven” begin?")
    _stroke(page, 4)
    _in_view(page, second)
    _stroke(page, 6.5)
    _in_view(page, third)
    _stroke(page, 2.5, 3.5, 5.5)
    scene.expect_marks(_marked(first, 3, 4), _marked(second, 5, 7), _marked(third, 1, 6))
    expect(page.locator("#strip li")).to_have_text(["2 | 7", "6 | 8", "4 | 5"])


@_DEVICES
def test_a_stroke_that_ends_elsewhere_means_nothing(scene: Scene, device: dict[str, Any]) -> None:
    query = scene.walk()
    page = scene.enter(**device)
    box = page.locator(".walk-frames").bounding_box()
    assert box is not None
    away = {"x": box["x"] + 60, "y": box["y"] - 70}
    if device:
        draw(page, _at(page, 4), away)
    else:
        page.mouse.move(**_at(page, 4))
        page.mouse.down()
        page.mouse.move(**away)
        page.mouse.up()
    _stroke(page, 5)
    scene.expect_marks(_marked(query, 4, 5))


def test_the_second_half_of_a_double_click_does_not_answer_the_next_walk(scene: Scene) -> None:
    first, second = scene.walk(), scene.walk(priority=-1.0)
    page = scene.enter()
    ready(page)
    page.mouse.dblclick(**_at(page, 4))
    _in_view(page, second)
    page.wait_for_timeout(400)
    scene.expect_marks(_marked(first, 3, 4))


@pytest.mark.parametrize(
    ("keys", "last", "first"),
    [
        ("4 5", 3, 4),
        ("4 7", 3, 6),
        ("6 4 5", 3, 4),
        ("0 Enter", 9, 10),
        ("4 Enter", 3, 4),
        ("ArrowRight Enter", 5, 6),
        ("ArrowLeft ArrowLeft ArrowLeft Space", 3, 4),
        ("ArrowRight Shift+ArrowRight Shift+ArrowRight Enter", 5, 8),
        ("ArrowRight Shift+ArrowLeft ArrowLeft Enter", 4, 5),
        ("ArrowRight Home ArrowLeft Enter", 0, 1),
        ("ArrowRight End Enter", 9, 10),
        ("Enter Space 4 Escape Enter 2 Enter", 1, 2),
    ],
)
def test_keys_alone_answer(scene: Scene, keys: str, last: int, first: int) -> None:
    query = scene.walk()
    page = scene.enter()
    for key in keys.split():
        page.keyboard.press(key)
    scene.expect_marks(_marked(query, last, first))


def test_among_many_classes_letters_find_none_while_a_walk_is_asked(
    scene: Scene, make: Factory
) -> None:
    scene.project = make.project(classes=[f"kind {letter}" for letter in "abcdefghijkl"])
    for each in make.classes(scene.project)[9:]:
        each.key = ""
    make.member(scene.project, user=scene.ann)
    query = scene.walk()
    page = scene.enter()
    page.keyboard.type("k1")
    expect(page.locator("#find")).to_have_value("")
    skip, refuse = (page.locator(name).bounding_box() for name in ("#skip", "#unrecognizable"))
    assert skip is not None
    assert refuse is not None
    assert skip["y"] == refuse["y"]
    page.keyboard.press("Shift+U")
    scene.expect_marks((query, "walk", "unrecognizable", None))


def test_numbers_are_heard_whatever_has_the_focus(scene: Scene) -> None:
    query, _ = scene.walk(), scene.walk(priority=-1.0)
    page = scene.enter()
    ready(page)
    page.keyboard.press("2")
    page.keyboard.press("3")
    page.get_by_role("button", name="Undo").click()
    _in_view(page, query)
    page.keyboard.press("6")
    page.keyboard.press("8")
    scene.expect_marks(_marked(query, 5, 7))


def test_refusals_and_skips_are_as_everywhere_and_no_class_is_an_answer(scene: Scene) -> None:
    walks = [scene.walk(priority=-float(rank)) for rank in range(4)]
    page = scene.enter()
    ready(page)
    for key, query in zip(["u", "ArrowDown", "s"], walks, strict=False):
        _in_view(page, query)
        page.keyboard.press(key)
    _in_view(page, walks[3])
    expect(page.get_by_role("button", name="five")).to_have_count(0)
    page.keyboard.press("2")
    page.locator("#unrecognizable").click()
    scene.expect_marks(
        (walks[0], "walk", "unrecognizable", None),
        (walks[1], "walk", "unrecognizable", None),
        (walks[2], "walk", "skip", None),
        (walks[3], "walk", "unrecognizable", None),
    )


@_DEVICES
def test_taking_a_walk_back_asks_the_same_again(scene: Scene, device: dict[str, Any]) -> None:
    first, second = scene.walk(), scene.walk(priority=-1.0)
    page = scene.enter(**device)
    ready(page)
    frames = page.locator(".walk-frame img").evaluate_all("(all) => all.map(({ src }) => src)")
    _stroke(page, 4)
    _in_view(page, second)
    page.get_by_role("button", name="Undo").click()
    _in_view(page, first)
    again = page.locator(".walk-frame img").evaluate_all("(all) => all.map(({ src }) => src)")
    assert again == frames
    _stroke(page, 7)
    _in_view(page, second)
    scene.expect_marks(_marked(first, 6, 7))


def test_a_walk_of_an_earlier_visit_is_asked_again_with_all_its_frames(scene: Scene) -> None:
    first, second = scene.walk(), scene.walk(priority=-1.0)
    page = scene.enter()
    ready(page)
    page.keyboard.press("4")
    page.keyboard.press("6")
    scene.expect_marks(_marked(first, 3, 5))
    pill(page, "saved")
    scene.go(page)
    _in_view(page, second)
    expect(page.locator("#strip li")).to_have_text(["4 | 6"])
    page.locator("#strip button").first.click()
    _in_view(page, first)
    expect(page.locator(".walk-frame img")).to_have_count(11)
    page.keyboard.press("8")
    page.keyboard.press("Enter")
    scene.expect_marks(_marked(first, 7, 8))
    assert scene.labels() == 2


def test_a_reload_in_the_middle_of_a_walk_shows_it_again_with_nothing_marked(scene: Scene) -> None:
    query = scene.walk()
    page = scene.enter()
    page.keyboard.press("4")
    expect(page.get_by_role("slider")).to_have_attribute(
        "aria-valuetext", "last five: frame 4, first seven: frame 5"
    )
    scene.go(page)
    _in_view(page, query)
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuetext", "nothing is marked yet")
    assert scene.marks() == []


def test_an_answer_goes_to_the_next_query_whichever_way_it_is_put(scene: Scene) -> None:
    walk = scene.walk()
    single = scene.make.query(scene.project, priority=-1.0).id
    page = scene.enter()
    ready(page)
    page.keyboard.press("4")
    page.keyboard.press("5")
    expect(page.locator("#frame img")).to_have_attribute("data-query", str(single))
    expect(page.locator(".walk-frames")).to_be_hidden()
    expect(page.locator("#question")).to_have_text("Is this a five or a seven?")
    page.keyboard.press("2")
    scene.expect_answers((walk, "walk"), (single, "seven"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@_DEVICES
def test_a_walk_holds_to_the_rules_of_accessibility(
    scene: Scene, device: dict[str, Any], scheme: str
) -> None:
    scene.walk()
    page = scene.enter(color_scheme=scheme, reduced_motion="reduce", **device)
    assert faults(page) == []
    slider = page.get_by_role("slider", name="Where does “five” end and “seven” begin?")
    slider.focus()
    for key in ("4", "Shift+ArrowRight"):
        page.keyboard.press(key)
    expect(slider).to_have_attribute("aria-valuetext", "last five: frame 4, first seven: frame 6")
    assert faults(page) == []


@pytest.mark.parametrize(
    ("frames", "size"),
    [
        (11, (1280, 800)),
        (3, (1920, 1080)),
        (13, (390, 844)),
        (13, (390, 660)),
        (11, (844, 390)),
        (9, (768, 1024)),
    ],
)
def test_nothing_scrolls_and_frames_are_large(
    scene: Scene, frames: int, size: tuple[int, int]
) -> None:
    scene.walk(frames)
    page = scene.enter(viewport={"width": size[0], "height": size[1]})
    outside: Callable[[str], Any] = page.locator(".walk-frame, #skip, #undo").evaluate_all
    assert not outside(
        """(all) => all.map((each) => each.getBoundingClientRect())
             .filter(({ left, right, top, bottom }) =>
                left < 0 || top < 0 || right > innerWidth || bottom > innerHeight)"""
    )
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    for image in page.locator(".walk-frame img").all():
        box = image.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= (48 if size[1] < 500 else 64)
