"""What people with a screen reader, a keyboard alone or weak eyes need: axe-core finds nothing."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from app.words import ProjectState
from tests.e2e.labeling.scene import PHONE, Scene, ready

pytestmark = pytest.mark.services

_RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
}


def faults(page: Page) -> list[str]:
    """What axe-core finds, as one line each."""
    found = Axe().run(page, options=_RULES).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", [{}, PHONE], ids=["desk", "phone"])
def test_the_page_holds_to_the_rules_of_accessibility(
    scene: Scene, device: dict[str, Any], scheme: str
) -> None:
    scene.queries(8)
    page = scene.enter(color_scheme=scheme, reduced_motion="reduce", **device)
    ready(page)
    page.keyboard.press("1")
    assert faults(page) == []
    page.get_by_role("button", name="More reasons").click()
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    assert faults(page) == []
    page.keyboard.press("g")
    page.keyboard.press("?")
    assert faults(page) == []
    page.get_by_role("button", name="Choose your own keys").click()
    lines = page.get_by_role("dialog", name="Your own keys")
    lines.get_by_role("button", name="five").click()
    page.keyboard.press("s")
    assert faults(page) == []


def test_a_page_without_an_image_holds_to_them_too(scene: Scene) -> None:
    scene.set_state(ProjectState.FINISHED)
    assert faults(scene.enter()) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", [{}, PHONE], ids=["desk", "phone"])
def test_the_grid_holds_to_them_too(scene: Scene, device: dict[str, Any], scheme: str) -> None:
    scene.set_settings(way="grid")
    scene.queries(24)
    page = scene.enter(color_scheme=scheme, reduced_motion="reduce", **device)
    cells = page.get_by_role("listbox", name="Images to label").get_by_role("option")
    expect(cells).to_have_count(20)
    assert faults(page) == []
    for key in ("2", "u", "s"):
        page.keyboard.press(key)
        cells.nth(ord(key) % 7).click()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("1")
    assert faults(page) == []
