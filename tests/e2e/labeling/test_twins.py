"""Real images beside an imagined one, on request, and one of them labeled in its place."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from app import database
from app.tables import Image, Label, Query
from app.words import Origin, Source
from tests.e2e.labeling.scene import DESK, PHONE, Scene, eventually, ready, shown
from tests.e2e.labeling.test_access import faults

pytestmark = pytest.mark.services

on_each_size = pytest.mark.parametrize("size", [DESK, PHONE], ids=["1280x800", "390x844"])


def _imagined(scene: Scene, *, priority: float = 0.0, twins: int = 4) -> tuple[Query, list[Image]]:
    """An imagined query and its twins."""
    pool = [scene.picture(28, 28) for _ in range(twins)]
    query = scene.make.query(
        scene.project,
        image=scene.picture(28, 28, Origin.SYNTHESIZED),
        source=Source.SYNTHESIZED,
        priority=priority,
        provenance={"twins": [[image.id, 1.0 + at] for at, image in enumerate(pool)]},
    )
    return query, pool


def _labels(scene: Scene) -> list[tuple[int, str, int | None]]:
    with database.reading() as session:
        rows = session.execute(
            select(Label.query_id, Label.answer, Label.twin_image_id)
            .where(Label.project_id == scene.project.id, Label.undone_at.is_(None))
            .order_by(Label.received_at)
        )
        return [(query, answer.value, twin) for query, answer, twin in rows.tuples()]


def _expect(scene: Scene, *wanted: tuple[int, str, int | None]) -> None:
    eventually(lambda: _labels(scene), lambda seen: seen == list(wanted))


def _thumbs(page: Page) -> Locator:
    return page.locator("#twins [data-twin]")


def test_twins_show_on_request_alone_and_go_with_the_answer(scene: Scene) -> None:
    (first, _), (second, _) = _imagined(scene), _imagined(scene, priority=-1.0)
    page = scene.enter()
    ready(page)
    asked: list[str] = []
    page.on("request", lambda request: "twins" in request.url and asked.append(request.url))
    expect(_thumbs(page)).to_have_count(0)
    assert asked == []
    page.keyboard.press("t")
    expect(_thumbs(page)).to_have_count(4)
    page.keyboard.press("1")
    expect(page.locator("#twins")).to_be_hidden()
    assert shown(page) == str(second.id)
    _expect(scene, (first.id, "class", None))


def test_a_twin_in_view_gets_the_next_class(scene: Scene) -> None:
    (query, pool), _ = _imagined(scene), _imagined(scene, priority=-1.0)
    page = scene.enter()
    ready(page)
    before = page.locator("#frame img").get_attribute("src")
    page.keyboard.press("t")
    expect(_thumbs(page)).to_have_count(4)
    page.keyboard.press("Shift+Digit2")
    expect(page.locator("#origin")).to_have_text("real")
    expect(page.locator("#frame img")).to_have_attribute("src", f"/images/{pool[1].sha256}.png")
    page.keyboard.press("Shift+Digit2")
    expect(page.locator("#origin")).to_have_text("imagined")
    assert page.locator("#frame img").get_attribute("src") == before
    page.keyboard.press("Shift+Digit3")
    page.keyboard.press("2")
    _expect(scene, (query.id, "class", pool[2].id))
    expect(page.locator("#origin")).to_have_text("imagined")
    expect(page.locator("#strip img").first).to_have_attribute(
        "src", f"/images/{pool[2].sha256}.png"
    )


def test_what_is_taken_back_is_the_imagined_image_again(scene: Scene) -> None:
    (query, pool), _ = _imagined(scene), _imagined(scene, priority=-1.0)
    page = scene.enter()
    ready(page)
    page.keyboard.press("t")
    expect(_thumbs(page)).to_have_count(4)
    _thumbs(page).first.click()
    page.keyboard.press("1")
    _expect(scene, (query.id, "class", pool[0].id))
    page.keyboard.press("z")
    expect(page.locator("#origin")).to_have_text("imagined")
    assert shown(page) == str(query.id)
    page.keyboard.press("t")
    expect(_thumbs(page)).to_have_count(4)
    page.keyboard.press("1")
    _expect(scene, (query.id, "class", None))


def test_nobody_refuses_an_imagined_image_while_a_real_one_is_in_view(scene: Scene) -> None:
    (query, _), _ = _imagined(scene), _imagined(scene, priority=-1.0)
    page = scene.enter()
    ready(page)
    page.keyboard.press("t")
    _thumbs(page).first.click()
    page.keyboard.press("u")
    expect(page.locator("#origin")).to_have_text("imagined")
    expect(page.locator("#word")).to_contain_text("the imagined image again")
    assert scene.labels() == 0
    page.keyboard.press("u")
    _expect(scene, (query.id, "unrecognizable", None))


def test_escape_goes_back_step_by_step(scene: Scene) -> None:
    _imagined(scene)
    page = scene.enter()
    ready(page)
    page.keyboard.press("t")
    _thumbs(page).first.click()
    expect(page.locator("#origin")).to_have_text("real")
    page.keyboard.press("Escape")
    expect(page.locator("#origin")).to_have_text("imagined")
    expect(_thumbs(page)).to_have_count(4)
    page.keyboard.press("Escape")
    expect(page.locator("#twins")).to_be_hidden()


def test_a_real_image_has_nothing_beside_it(scene: Scene) -> None:
    scene.queries(2)
    page = scene.enter()
    ready(page)
    expect(page.locator("#open-twins")).to_be_disabled()
    page.keyboard.press("t")
    expect(page.locator("#word")).to_contain_text("Only an imagined image")
    expect(page.locator("#twins")).to_be_hidden()


def test_without_a_network_labeling_goes_on(scene: Scene) -> None:
    (query, _), _ = _imagined(scene), _imagined(scene, priority=-1.0)
    page = scene.enter()
    ready(page)
    page.route("**/twins", lambda route: route.abort())
    page.keyboard.press("t")
    expect(page.locator("#word")).to_contain_text("cannot be loaded right now")
    page.keyboard.press("1")
    _expect(scene, (query.id, "class", None))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@on_each_size
def test_twins_fit_and_hold_to_the_rules_of_accessibility(
    scene: Scene, size: dict[str, Any], scheme: str
) -> None:
    query, pool = _imagined(scene)
    _imagined(scene, priority=-1.0)
    page = scene.enter(color_scheme=scheme, reduced_motion="reduce", **size)
    ready(page)
    page.get_by_role("button", name="Real images like it").click()
    expect(_thumbs(page)).to_have_count(4)
    _thumbs(page).first.click()
    expect(_thumbs(page).first).to_have_attribute("aria-pressed", "true")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollHeight") == size["viewport"]["height"]
    for thumb in _thumbs(page).all():
        box = thumb.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size["viewport"]["width"]
    page.locator("#classes .answer").first.click()
    _expect(scene, (query.id, "class", pool[0].id))
