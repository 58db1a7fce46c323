"""Answering on the annotator's page: keys, buttons, swipes, undo, changing."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app import database
from app.tables import Label
from tests.e2e.labeling.scene import Scene, pill, ready, shown

pytestmark = pytest.mark.services


def test_keys_answer_and_the_next_image_is_there_in_the_same_frame(scene: Scene) -> None:
    first, second, third, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    changed = page.evaluate(
        """async () => {
          const before = document.querySelector("#frame img").src;
          dispatchEvent(new KeyboardEvent("keydown", { key: "1", code: "Digit1" }));
          const image = document.querySelector("#frame img");
          const other = image.src !== before;
          const decoded = image.complete && image.naturalWidth > 0;
          const kept = Object.keys(localStorage).some((key) => key.startsWith("cusp.outbox"));
          await null;
          const pill = document.querySelector("#pill-text").textContent;
          await new Promise((resume) => requestAnimationFrame(() => setTimeout(resume)));
          const confirmed = !!document.querySelector(".chosen[data-class]");
          return { other, decoded, kept, pill, confirmed };
        }"""
    )
    in_this_frame = {"other": True, "decoded": True, "kept": True, "pill": "sending 1"}
    assert changed == {**in_this_frame, "confirmed": True}
    page.keyboard.press("2")
    page.keyboard.press("u")
    scene.expect_answers((first, "five"), (second, "seven"), (third, "unrecognizable"))
    pill(page, "saved")
    expect(page.locator("#strip li")).to_have_count(3)
    expect(page.locator("#today-text")).to_contain_text("3 today")
    with database.reading() as session:
        durations = session.scalars(
            select(Label.duration_ms).where(Label.user_id == scene.ann.id)
        ).all()
    assert all(duration > 0 for duration in durations[:1])


def test_the_next_image_is_painted_before_anything_is_sent_or_told(scene: Scene) -> None:
    scene.queries(8)
    page = scene.enter()
    ready(page)
    order = page.evaluate(
        """async () => {
          const order = [], sent = fetch, strip = document.querySelector("#strip");
          window.fetch = (...all) => { order.push("sent"); return sent(...all); };
          new MutationObserver(() => order.push("told")).observe(strip, { childList: true });
          dispatchEvent(new KeyboardEvent("keydown", { key: "1", code: "Digit1" }));
          requestAnimationFrame(() => order.push("frame"));
          while (!order.includes("sent") || !order.includes("told"))
            await new Promise((resume) => setTimeout(resume, 10));
          return order;
        }"""
    )
    assert order[0] == "frame"
    assert set(order) == {"frame", "sent", "told"}


def test_the_end_of_a_press_is_not_drawn_while_a_quick_person_presses_again(scene: Scene) -> None:
    scene.queries(8)
    page = scene.enter()
    ready(page)
    lit_ms = page.evaluate(
        """async () => {
          const lit = async (wanted) => {
            while (Boolean(document.querySelector(".chosen[data-class]")) !== wanted)
              await new Promise(requestAnimationFrame);
            return performance.now();
          };
          dispatchEvent(new KeyboardEvent("keydown", { key: "1", code: "Digit1" }));
          const begin = await lit(true);
          return await lit(false) - begin;
        }"""
    )
    assert lit_ms > 300


def test_answers_are_sent_where_no_frame_comes(scene: Scene) -> None:
    first, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    page.evaluate("window.requestAnimationFrame = () => 0")
    page.keyboard.press("1")
    scene.expect_answers((first, "five"))
    pill(page, "saved")


def test_pressing_does_not_move_anything(scene: Scene) -> None:
    scene.queries(8)
    page = scene.enter()
    ready(page)
    places = """() => [...document.querySelectorAll(".stage, .frame img, .answer, .bar > *")]
      .map((each) => each.getBoundingClientRect()).map(({ x, y, width }) => [x, y, width])"""
    page.keyboard.press("1")
    pill(page, "saved")
    before = page.evaluate(places)
    for key in "2us1":
        page.keyboard.press(key)
        pill(page, "saved")
        assert page.evaluate(places) == before


def test_a_held_key_answers_once(scene: Scene) -> None:
    first, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    page.keyboard.down("1")
    for _ in range(5):
        page.keyboard.down("1")
    page.keyboard.up("1")
    scene.expect_answers((first, "five"))


def test_buttons_answer_too(scene: Scene) -> None:
    first, second, third, *_ = scene.queries(8)
    page = scene.enter()
    page.get_by_role("button", name="seven").click()
    page.get_by_role("button", name="Can’t tell").click()
    page.get_by_role("button", name="Skip").click()
    scene.expect_answers((first, "seven"), (second, "unrecognizable"), (third, "skip"))


def test_undo_asks_again_whether_the_answer_was_sent_or_not(scene: Scene) -> None:
    first, second, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    image = shown(page)
    page.keyboard.press("1")
    scene.expect_answers((first, "five"))
    page.keyboard.press("z")
    assert shown(page) == image
    scene.expect_answers()
    page.keyboard.press("2")
    scene.expect_answers((first, "seven"))
    page.context.set_offline(offline=True)
    page.keyboard.press("1")
    page.keyboard.press("z")
    page.keyboard.press("2")
    page.context.set_offline(offline=False)
    scene.expect_answers((first, "seven"), (second, "seven"))
    with database.reading() as session:
        assert session.scalar(select(Label.id).where(Label.query_id == second)) is not None


def test_undo_goes_back_several_answers(scene: Scene) -> None:
    first, second, third, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    for key in "111":
        page.keyboard.press(key)
    scene.expect_answers((first, "five"), (second, "five"), (third, "five"))
    for key in "zzz":
        page.keyboard.press(key)
    scene.expect_answers()
    for key in "212":
        page.keyboard.press(key)
    scene.expect_answers((first, "seven"), (second, "five"), (third, "seven"))


def test_an_old_answer_is_changed_from_the_strip_also_after_a_reload(scene: Scene) -> None:
    first, second, third, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    image = shown(page)
    for key in "11":
        page.keyboard.press(key)
    scene.expect_answers((first, "five"), (second, "five"))
    scene.go(page)
    expect(page.locator("#strip li")).to_have_count(2)
    page.locator("#strip button").nth(1).click()
    expect(page.locator("#frame img")).to_have_attribute("data-query", image)
    page.keyboard.press("2")
    page.keyboard.press("2")
    scene.expect_answers((first, "seven"), (second, "five"), (third, "seven"))
