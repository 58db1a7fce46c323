"""Keys of a person's own: chosen in a dialog, in force at once, kept by the server."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from app import database
from app.tables import Preferences, ProjectClass, now
from tests.e2e.labeling.scene import PHONE, Scene, eventually, ready, shown
from tests.factories import Factory

pytestmark = pytest.mark.services

_PREFERENCES = "**/preferences"


def _open(page: Page) -> Locator:
    page.get_by_role("button", name="Your own keys").click()
    dialog = page.get_by_role("dialog", name="Your own keys")
    expect(dialog).to_be_visible()
    return dialog


def _put(dialog: Locator, name: str, key: str) -> None:
    dialog.get_by_role("button", name=name).click()
    dialog.page.keyboard.press(key)


def _cap(page: Page, name: str) -> Locator:
    return page.locator("#classes button", has_text=name).locator("kbd")


def _stored(scene: Scene) -> dict[str, Any]:
    with database.reading() as session:
        row = session.get(Preferences, (scene.project.id, scene.ann.id))
        return {} if row is None else row.choices["keys"]


def test_keys_of_ones_own_hold_at_once_and_on_the_next_visit(scene: Scene, make: Factory) -> None:
    five, seven = [each.id for each in make.classes(scene.project)]
    first, second, third, fourth, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    dialog = _open(page)
    _put(dialog, "Skip", "k")
    _put(dialog, "seven", "s")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    expect(_cap(page, "seven")).to_have_text("S")
    expect(page.locator("#skip kbd")).to_have_text("K")
    for key in "s1k":
        page.keyboard.press(key)
    scene.expect_answers((first, "seven"), (second, "five"), (third, "skip"))
    eventually(lambda: _stored(scene), lambda seen: seen == {"skip": "k", f"class:{seven}": "s"})
    scene.go(page)
    ready(page)
    page.keyboard.press("?")
    expect(page.locator("#help-keys dt", has_text="K")).to_be_visible()
    page.keyboard.press("Escape")
    assert shown(page) == str(fourth)
    page.keyboard.press("s")
    scene.expect_answers((first, "seven"), (second, "five"), (third, "skip"), (fourth, "seven"))
    assert five != seven


def test_a_clash_is_told_at_once_and_cannot_be_saved(scene: Scene) -> None:
    scene.queries(8)
    page = scene.enter()
    ready(page)
    dialog = _open(page)
    _put(dialog, "five", "s")
    expect(dialog.get_by_role("status")).to_contain_text("S would mean two things: five and Skip")
    dialog.get_by_role("button", name="Save").click(force=True)
    expect(dialog).to_be_visible()
    expect(dialog.locator(".clash")).to_have_count(2)
    _put(dialog, "Skip", "1")
    expect(dialog.locator(".clash")).to_have_count(0)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    eventually(lambda: len(_stored(scene)), lambda count: count == 2)


@pytest.mark.parametrize("key", ["Space", "ArrowLeft", "F5", "Control+k", "Shift+Digit1", "+"])
def test_keys_that_everybody_needs_are_refused_with_what_to_do(scene: Scene, key: str) -> None:
    scene.queries(8)
    page = scene.enter()
    ready(page)
    dialog = _open(page)
    _put(dialog, "five", key)
    expect(dialog.get_by_role("status")).to_contain_text("Choose a")
    page.keyboard.press("f")
    expect(dialog.get_by_role("button", name="five").locator("kbd")).to_have_text("F")


def test_escape_leaves_a_line_and_then_the_dialog_and_nothing_is_changed(scene: Scene) -> None:
    scene.queries(8)
    page = scene.enter()
    ready(page)
    page.keyboard.press("?")
    page.get_by_role("button", name="Choose your own keys").click()
    dialog = page.get_by_role("dialog", name="Your own keys")
    _put(dialog, "five", "f")
    dialog.get_by_role("button", name="seven").click()
    page.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert _stored(scene) == {}
    expect(_cap(page, "five")).to_have_text("1")


def test_a_command_can_do_without_a_key_and_all_can_be_reset(scene: Scene) -> None:
    first, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    dialog = _open(page)
    _put(dialog, "Never again", "Backspace")
    dialog.get_by_role("button", name="Save").click()
    eventually(lambda: _stored(scene), lambda seen: seen == {"never": ""})
    page.keyboard.press("x")
    page.keyboard.press("1")
    scene.expect_answers((first, "five"))
    dialog = _open(page)
    dialog.get_by_role("button", name="Reset all").click()
    dialog.get_by_role("button", name="Save").click()
    eventually(lambda: _stored(scene), lambda seen: seen == {})


def test_without_a_server_keys_hold_here_and_are_sent_later(scene: Scene) -> None:
    first, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    page.context.set_offline(True)
    dialog = _open(page)
    _put(dialog, "seven", "k")
    dialog.get_by_role("button", name="Save").click()
    page.keyboard.press("k")
    assert _stored(scene) == {}
    page.context.set_offline(False)
    eventually(lambda: len(_stored(scene)), lambda count: count == 1)
    scene.expect_answers((first, "seven"))


def test_what_the_server_refuses_is_shown_and_taken_back(scene: Scene) -> None:
    scene.queries(8)
    page = scene.enter()
    ready(page)
    dialog = _open(page)

    def refuse(route: Route) -> None:
        problem = {"detail": "The key k would mean 'five' and 'eight'. Choose another for one."}
        route.fulfill(status=422, content_type="application/problem+json", json=problem)

    page.route(_PREFERENCES, refuse)
    _put(dialog, "five", "k")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("status")).to_contain_text("'five' and 'eight'")
    page.keyboard.press("Escape")
    expect(_cap(page, "five")).to_have_text("1")


def test_a_letter_of_ones_own_answers_also_where_letters_search(
    scene: Scene, make: Factory
) -> None:
    for number in range(12):
        make.project_class(scene.project, f"kind {number}")
    make.session.commit()
    scene.set(ProjectClass, ProjectClass.position > 8, key="")
    first, second, *_ = scene.queries(8)
    page = scene.enter()
    ready(page)
    dialog = _open(page)
    _put(dialog, "seven", "f")
    dialog.get_by_role("button", name="Save").click()
    page.keyboard.press("f")
    scene.expect_answers((first, "seven"))
    page.keyboard.type("kind 11")
    page.keyboard.press("Enter")
    scene.expect_answers((first, "seven"), (second, "kind 11"))


def test_keys_of_a_class_that_is_archived_meanwhile_refuse_nothing(
    scene: Scene, make: Factory
) -> None:
    five = make.classes(scene.project)[0].id
    make.project_class(scene.project, "nine")
    scene.queries(8)
    page = scene.enter()
    ready(page)
    dialog = _open(page)
    _put(dialog, "five", "f")
    dialog.get_by_role("button", name="Save").click()
    eventually(lambda: _stored(scene), lambda seen: seen == {f"class:{five}": "f"})
    scene.set(ProjectClass, ProjectClass.id == five, archived_at=now())
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#classes button")).to_have_count(2)
    dialog = _open(page)
    _put(dialog, "nine", "j")
    dialog.get_by_role("button", name="Save").click()
    eventually(lambda: list(_stored(scene).values()), lambda seen: seen == ["j"])


def test_on_a_phone_the_button_makes_way(scene: Scene) -> None:
    scene.queries(8)
    page = scene.enter(**PHONE)
    ready(page)
    expect(page.get_by_role("button", name="Your own keys")).to_be_hidden()
