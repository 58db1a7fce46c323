"""What surrounds the image: many classes, odd names, guidelines, keys, a voice; nothing scrolls."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.tables import Project
from app.words import Origin
from tests.e2e.labeling.scene import PHONE, Scene, eventually, pill, ready
from tests.factories import Factory

pytestmark = pytest.mark.services


def test_many_classes_are_found_by_typing(scene: Scene, make: Factory) -> None:
    names = [f"{bird} {kind}" for bird in ("arctic", "common", "little") for kind in "abcdefghij"]
    scene.project = make.project(classes=[*names, "Ñandú"])
    scene.set(Project, question="Which bird?")
    for position, each in enumerate(make.classes(scene.project)):
        each.key = str(position + 1) if position < 9 else ""
    make.session.commit()
    make.member(scene.project, user=scene.ann)
    first, second, third, fourth, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    page.keyboard.type("common c")
    expect(page.locator(".first-match")).to_have_text("common c")
    page.keyboard.press("Enter")
    page.keyboard.type("nandu")
    page.keyboard.press("Enter")
    page.keyboard.press("1")
    page.keyboard.press("Shift+U")
    scene.expect_answers(
        (first, "common c"),
        (second, "Ñandú"),
        (third, "arctic a"),
        (fourth, "unrecognizable"),
    )


def test_a_class_named_like_markup_is_only_a_name(scene: Scene, make: Factory) -> None:
    odd = "</script><b onclick=alert(1)>"
    make.project_class(scene.project, odd)
    scene.set(Project, question="<img src=x onerror=alert(1)>", guidelines=odd)
    first, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    page.keyboard.press("g")
    expect(page.locator("#guidelines")).to_contain_text(odd)
    page.keyboard.press("3")
    scene.expect_answers((first, odd))
    expect(page.locator("#strip li").first).to_have_text(odd)
    assert page.locator("main b").count() == 0


def test_guidelines_stay_as_the_person_left_them(scene: Scene, make: Factory) -> None:
    five = make.classes(scene.project)[0]
    make.image(scene.project, Origin.HOLDOUT, class_id=five.id)
    scene.queries(3)
    page = scene.enter()
    page.keyboard.press("g")
    expect(page.get_by_alt_text("Example of five")).to_be_visible()
    scene.go(page)
    expect(page.locator("#guidelines")).to_be_visible()
    page.keyboard.press("Escape")
    scene.go(page)
    expect(page.locator("#guidelines")).to_be_hidden()


def test_the_keys_are_explained_and_do_nothing_meanwhile(scene: Scene) -> None:
    scene.queries(3)
    page = scene.enter()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("take the last answer back")
    page.keyboard.press("1")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert scene.answers() == []


def test_screen_readers_hear_the_question_the_answer_and_that_it_is_saved(scene: Scene) -> None:
    scene.queries(8)
    page = scene.enter()
    ready(page)
    page.evaluate(
        """() => {
          window.heard = [];
          const live = document.getElementById("live");
          const hear = () => window.heard.push(live.textContent);
          new MutationObserver(hear).observe(live, { childList: true });
        }"""
    )
    page.keyboard.press("1")
    pill(page, "saved")
    eventually(lambda: page.evaluate("window.heard"), lambda heard: "saved" in heard)
    assert "five. Next image: Is this a five or a seven?" in page.evaluate("window.heard")


def _swipe(page: Page, x: int, y: int) -> None:
    """Draw a finger over the image."""
    box = page.locator("#frame img").bounding_box()
    assert box is not None
    begin = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    devtools = page.context.new_cdp_session(page)
    touch = "Input.dispatchTouchEvent"
    devtools.send(touch, {"type": "touchStart", "touchPoints": [begin]})
    for step in (0.3, 0.6, 1):
        point = {"x": begin["x"] + x * step, "y": begin["y"] + y * step}
        devtools.send(touch, {"type": "touchMove", "touchPoints": [point]})
    devtools.send(touch, {"type": "touchEnd", "touchPoints": []})


def test_swipes_answer_on_a_phone(scene: Scene) -> None:
    first, second, third, *_ = scene.queries(8)
    page = scene.enter(**PHONE)
    ready(page)
    _swipe(page, -150, 10)
    _swipe(page, 150, 10)
    _swipe(page, 0, 150)
    _swipe(page, 20, 5)
    _swipe(page, 0, -150)
    scene.expect_answers((first, "five"), (second, "seven"), (third, "unrecognizable"))


@pytest.mark.parametrize("options", [{}, PHONE], ids=["1280x800", "390x844"])
@pytest.mark.parametrize("classes", [2, 10, 40])
def test_nothing_scrolls(
    scene: Scene, make: Factory, classes: int, options: dict[str, Any]
) -> None:
    for number in range(classes - 2):
        make.project_class(scene.project, f"a class with a long name {number}")
    scene.set(Project, question="Which of all these things is it? " * 6)
    scene.queries(8)
    page = scene.enter(**options)
    ready(page)
    page.get_by_role("button", name="Can’t tell").click()
    overflow = """() => {
      const root = document.documentElement, inside = (name) => {
        const box = document.querySelector(name).getBoundingClientRect();
        return box.left >= 0 && box.top >= 0
          && box.right <= innerWidth && box.bottom <= innerHeight;
      };
      return [root.scrollWidth <= innerWidth, root.scrollHeight <= innerHeight,
              ...["#frame img", "#classes", "#skip", "#undo", "#pill", ".bar .menu"].map(inside)];
    }"""
    assert all(page.evaluate(overflow)), page.evaluate(overflow)
    image = page.locator("#frame img").bounding_box()
    assert image is not None
    assert image["height"] >= 150
