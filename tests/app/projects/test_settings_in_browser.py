"""The settings page in a real browser: forms save in place, refusals are told where they arose."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from app.config import Config
from app.main import create_app
from app.words import ProjectState
from tests.factories import Factory

pytestmark = pytest.mark.services


@pytest.fixture
def address(config: Config) -> Iterator[str]:
    """A server on a free port."""
    server = uvicorn.Server(uvicorn.Config(create_app(), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def page(address: str, make: Factory, browser: Browser) -> Iterator[Page]:
    """An admin's browser; anything in its console fails the test."""
    complaints: list[str] = []
    context = browser.new_context(base_url=address)
    cookie = make.session_cookie(make.admin("ada@example.org"))
    context.add_cookies([{"name": "cusp_session", "value": cookie, "url": address}])
    opened = context.new_page()
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []


def test_a_project_is_made_and_set_up(page: Page, make: Factory) -> None:
    page.goto("/projects/new")
    page.get_by_label("Name", exact=True).fill("Digits")
    names = page.get_by_label("Class name")
    names.nth(0).fill("</script>five")
    names.nth(0).press("Enter")
    names.nth(1).fill("seven")
    page.get_by_label("Key", exact=True).nth(1).fill("s")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("status")).to_contain_text("The key s is reserved")
    page.get_by_label("Key", exact=True).nth(1).fill("7")
    expect(page.locator("[data-rest-body]")).to_contain_text('"key": "7"')
    page.get_by_role("button", name="Create").click()
    page.wait_for_url("**/settings#images")
    expect(page.get_by_label("Name of </script>five")).to_have_value("</script>five")


def test_forms_save_in_place_and_say_why_not(page: Page, make: Factory) -> None:
    project = make.project(state=ProjectState.DRAFT)
    make.user("ann@example.org")
    page.goto(f"/projects/{project.id}/settings")

    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.locator("#head [data-outcome]")).to_contain_text("There are no images")

    page.get_by_label("Name of five").fill("fünf")
    page.get_by_label("Name of five").press("Enter")
    expect(page.get_by_label("Name of fünf")).to_have_value("fünf")
    page.get_by_label("Key of seven").fill("1")
    page.get_by_label("Key of seven").press("Tab")
    expect(page.locator("#classes")).to_contain_text("already answers fünf")
    page.get_by_role("button", name="Move fünf down").click()
    expect(page.locator(".class-list input[name=name]").first).to_have_value("seven")
    page.get_by_role("button", name="Archive fünf").click()
    expect(page.locator("#classes")).to_contain_text("1 archived")

    page.get_by_label("Price per answer").fill("0.04")
    page.get_by_label("Most cost").fill("100")
    expect(page.locator("#budget .consequence")).to_contain_text("this cap buys 2,500 answers")
    page.locator("#budget").get_by_role("button", name="Save").click()
    expect(page.locator("#budget [data-outcome]")).to_have_text("Saved.")

    page.locator("#new-email").fill("ann@example.org")
    page.locator("#people").get_by_role("button", name="Add").click()
    expect(page.get_by_label("Role of Ann")).to_have_value("annotator")
    expect(page.locator("#history")).to_contain_text("added ann@example.org as annotator")


def test_the_loop_shows_a_diff_before_it_is_saved(page: Page, make: Factory) -> None:
    project = make.project(state=ProjectState.DRAFT)
    page.goto(f"/projects/{project.id}/settings")
    bar = page.locator("[data-save-bar]")
    expect(bar).to_be_hidden()

    page.get_by_label("Queries per round").fill("0")
    expect(page.locator("[data-problem-for=batch_size]")).to_contain_text("must be at least 1")
    expect(bar.get_by_role("button", name="Save")).to_be_disabled()
    page.get_by_label("Queries per round").fill("20")
    expect(bar).to_contain_text("1 change")
    expect(page.locator("[data-consequence=batch_size]")).to_contain_text("20 answers")

    page.get_by_role("button", name="GAAL as published").click()
    expect(bar).to_contain_text("Diversified margin (k-means SVMactive) Margin (SVMactive)")
    page.get_by_role("button", name="Discard").click()
    expect(bar).to_be_hidden()

    page.get_by_role("button", name="GAAL as published").click()
    page.get_by_role("button", name="Save as version 2").click()
    expect(page.locator("#loop header")).to_contain_text("This is version 2")
    expect(page.locator("#history")).to_contain_text("Version 2")
    expect(page.get_by_label("Mode", exact=True)).to_have_value("strict")
