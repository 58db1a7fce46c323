"""The lead's page in a real browser, on a real server."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from app import database
from app.config import Config
from app.config import config as read_config
from app.main import create_app
from app.tables import Budget, Project, Stage, Worker, now
from app.words import ProjectState, Role, StageState
from tests.app.dashboards import seeding
from tests.factories import Factory

pytestmark = pytest.mark.services


@pytest.fixture
def address(config: Config, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setenv("PORT", str(port))
    read_config.cache_clear()
    server = uvicorn.Server(
        uvicorn.Config(create_app(), host="127.0.0.1", port=port, log_level="error")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=20)


@dataclass
class Visit:
    """An open page, and everything that the browser complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)


def _visit(browser: Browser, make: Factory, project: Project, address: str) -> Visit:
    cookie = make.session_cookie(make.member(project, Role.LEAD))
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_cookies([{"name": "cusp_session", "value": cookie, "url": address}])
    visit = Visit(context.new_page())
    visit.page.on("console", lambda said: visit.complaints.append(said.text))
    visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    return visit


@pytest.fixture
def project(make: Factory) -> Project:
    return seeding.lively(make, rounds=12)


@pytest.fixture
def visit(browser: Browser, make: Factory, project: Project, address: str) -> Iterator[Visit]:
    opened = _visit(browser, make, project, address)
    opened.page.goto(f"{address}/projects/{project.id}")
    yield opened
    opened.page.context.close()


def _curve(page: Page) -> None:
    expect(page.locator('[data-chart="curve"] .main-svg').first).to_be_visible()


def test_the_curve_is_drawn_under_the_strict_policy(visit: Visit) -> None:
    _curve(visit.page)
    visit.page.get_by_label("also against labels only").check()
    expect(visit.page.locator('[data-chart="curve"] .xtitle')).to_contain_text("labels only")
    visit.page.mouse.move(640, 600)
    assert visit.page.locator("style").count() == 0
    assert visit.complaints == []


def test_hovering_a_point_shows_its_round(visit: Visit) -> None:
    _curve(visit.page)
    visit.page.locator('[data-chart="curve"]').scroll_into_view_if_needed()
    point = visit.page.locator('[data-chart="curve"] .scatterlayer .point').last.bounding_box()
    assert point is not None
    visit.page.mouse.move(point["x"] + 3, point["y"] + 3)
    expect(visit.page.locator(".hoverlayer")).to_contain_text("Round 12")


def test_tabs_work_by_keyboard(visit: Visit) -> None:
    page = visit.page
    page.get_by_role("tab", name="Rounds").focus()
    for name in ("Queries", "Images", "People", "Generator", "Activity", "Rounds"):
        page.keyboard.press("ArrowRight")
        tab = page.get_by_role("tab", name=name)
        expect(tab).to_be_focused()
        expect(tab).to_have_attribute("aria-selected", "true")
        expect(page.get_by_role("tabpanel", name=name)).to_be_visible()
        expect(page.locator("#panel")).not_to_have_attribute("aria-busy", "true")
    page.keyboard.press("End")
    expect(page.get_by_text("Training the generator").last).to_be_visible()
    assert "tab=activity" in page.url
    assert visit.complaints == []


def test_queries_are_filtered_and_opened_without_a_reload(visit: Visit) -> None:
    page = visit.page
    page.evaluate("window.stayed = true")
    page.get_by_role("tab", name="Queries").click()
    page.get_by_label("Outcome").select_option("unrecognizable")
    tiles = page.locator(".tile")
    expect(tiles.first).to_contain_text("can't tell")
    assert "can't tell" in tiles.last.inner_text()
    tiles.first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("imagined by the generator")
    expect(dialog).to_contain_text("Latent")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(tiles.first).to_be_focused()
    page.go_back()
    expect(page.locator(".tile", has_text="open").first).to_be_visible()
    assert page.evaluate("window.stayed") is True
    assert visit.complaints == []


def test_changes_arrive_without_a_reload(visit: Visit, make: Factory, project: Project) -> None:
    page = visit.page
    _curve(page)
    expect(page.locator("[data-connection]")).to_have_text("live")
    page.evaluate("window.stayed = true")
    with database.writing() as session:
        session.get_one(Budget, project.id).answers_spent = 321
        stage = session.query(Stage).filter_by(state=StageState.RUNNING).one()
        stage.share = 0.77
        session.query(Worker).update({"seen_at": now()})
    expect(page.locator('[data-live="answers"]')).to_have_text("321")
    expect(page.locator('[data-live="percent"]')).to_have_text("77 %")
    seeding.add_round(make, project, 13)
    expect(page.get_by_text("13 rounds")).to_be_visible()
    expect(page.locator(".rounds tbody tr").first).to_contain_text("13")
    _curve(page)
    assert page.evaluate("window.stayed") is True
    assert visit.complaints == []


def test_a_missed_worker_is_said_in_words(visit: Visit, make: Factory) -> None:
    with database.writing() as session:
        session.query(Worker).update({"seen_at": now() - timedelta(seconds=44)})
    sentence = visit.page.locator('[data-live="sentence"]')
    expect(sentence).to_contain_text(re.compile(r"No worker has been seen for (4[4-9]|[5-9]\d) s"))


def test_the_project_is_paused_by_its_button(visit: Visit, project: Project) -> None:
    visit.page.get_by_role("button", name="Pause").click()
    expect(visit.page.get_by_role("button", name="Go on")).to_be_visible()
    with database.reading() as session:
        assert session.get_one(Project, project.id).state is ProjectState.PAUSED


def test_nothing_overflows_on_a_phone_in_any_tab(visit: Visit, project: Project) -> None:
    visit.page.set_viewport_size({"width": 390, "height": 844})
    for tab in ("rounds", "queries", "images", "people", "generator", "activity"):
        visit.page.goto(visit.page.url.partition("?")[0] + f"?tab={tab}")
        width = visit.page.evaluate("document.documentElement.scrollWidth")
        assert width == 390, tab


def test_an_explanation_is_shown_on_focus(visit: Visit) -> None:
    visit.page.get_by_role("button", name="What is accuracy?").focus()
    visit.page.keyboard.press("Shift+Tab")
    visit.page.keyboard.press("Tab")
    expect(visit.page.get_by_text("Wilson's 95 % interval")).to_be_visible()


def test_a_page_without_a_curve_never_fetches_plotly(
    browser: Browser, make: Factory, address: str
) -> None:
    project = make.project()
    visit = _visit(browser, make, project, address)
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    visit.page.goto(f"{address}/projects/{project.id}")
    expect(visit.page.locator("[data-connection]")).to_have_text("live")
    assert not [url for url in asked if "/plotly/" in url]
    assert visit.complaints == []
    visit.page.context.close()


def test_the_stream_sends_the_present_and_then_changes(
    make: Factory, project: Project, address: str
) -> None:
    token = make.token(make.member(project, Role.LEAD))
    headers = {"Authorization": f"Bearer {token}"}
    stream = httpx.stream(
        "GET", f"{address}/api/v1/projects/{project.id}/events", headers=headers, timeout=10
    )
    with stream as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        snapshots = (json.loads(line[6:]) for line in response.iter_lines() if line[:6] == "data: ")
        assert next(snapshots)["answers"] == 110
        with database.writing() as session:
            session.get_one(Budget, project.id).answers_spent = 111
        assert any(snapshot["answers"] == 111 for snapshot in snapshots)
