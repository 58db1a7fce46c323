"""Hands for the tests of the grid: open it, read its cells, paint them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from app import database
from app.tables import Label, Preferences
from tests.e2e.labeling.scene import Scene


def enter(scene: Scene, count: int, size: int = 10, **options: Any) -> tuple[Page, list[int]]:
    """Open the grid with all of its cells filled."""
    queries = scene.queries(count)
    choices = {"way": "grid", "grid_size": size, "keys": {}}
    scene.make.session.add(
        Preferences(project_id=scene.project.id, user_id=scene.ann.id, choices=choices)
    )
    page = scene.enter(**options)
    expect(cells(page)).to_have_count(min(size, count or size))
    return page, queries


def cells(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Images to label").get_by_role("option")


def cell(page: Page, query: int) -> Locator:
    return page.locator(f".cell[data-query='{query}']")


def words(page: Page) -> list[str]:
    return [each.removeprefix("Image ").split(": ")[1] for each in names(page)]


def names(page: Page) -> list[str]:
    return [str(each.get_attribute("aria-label")) for each in cells(page).all()]


def order(page: Page) -> list[int]:
    return [int(str(each.get_attribute("data-query"))) for each in cells(page).all()]


def ways(scene: Scene) -> Counter[str]:
    with database.reading() as session:
        rows = session.scalars(select(Label.way).where(Label.project_id == scene.project.id))
        return Counter(each.value for each in rows)


def stroke(page: Page, *cells: Locator) -> None:
    """Draw the mouse over cells."""
    for place, cell in enumerate(cells):
        box = cell.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        if place == 0:
            page.mouse.down()
    page.mouse.up()


def paint_all(page: Page, first: Locator, last: Locator) -> None:
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
