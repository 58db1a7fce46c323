"""What the annotator's page says when there is no image to show."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, update

from app import database
from app.tables import Budget, Claim, Label, Membership, Stage, Worker, now
from app.words import ProjectState, StageKind, StageState
from tests.e2e.labeling.scene import PHONE, Scene, eventually
from tests.e2e.labeling.test_access import faults
from tests.factories import Factory

pytestmark = pytest.mark.services


def _standstill(page: Page, title: str) -> str:
    expect(page.locator("#standstill h2")).to_have_text(title)
    return page.locator("#standstill").inner_text()


def _later(page: Page, seconds: int) -> None:
    """Let the page's clock jump."""
    page.wait_for_load_state("networkidle")
    page.clock.fast_forward(seconds * 1000)


def test_paused_and_running_again(scene: Scene) -> None:
    scene.queries(2)
    scene.set_state(ProjectState.PAUSED, notice="Back on Monday.")
    page = scene.enter(clock=True)
    assert "Back on Monday." in _standstill(page, "Paused by the project’s lead")
    scene.set_state(ProjectState.RUNNING, notice="")
    _later(page, 11)
    expect(page.locator("#frame img")).to_be_visible()


def test_finished_tells_what_the_answers_did(scene: Scene, make: Factory) -> None:
    make.round(scene.project, holdout_right=912, holdout_count=1000)
    (query,) = scene.queries(1)
    page = scene.enter()
    page.keyboard.press("1")
    scene.expect_answers((query, "five"))
    make.round(scene.project, holdout_right=940, holdout_count=1000)
    scene.set_state(ProjectState.FINISHED)
    scene.go(page)
    expect(page.locator("#standstill")).to_contain_text("91.2 % → 94.0 %")
    assert "1\nanswer by you" in _standstill(page, "This project is finished")
    page.keyboard.press("z")
    expect(page.locator("#frame img")).to_be_visible()
    page.keyboard.press("2")
    scene.expect_answers((query, "seven"))
    _standstill(page, "This project is finished")


def test_what_is_taken_back_at_a_standstill_does_not_end_the_search_for_more(scene: Scene) -> None:
    (query,) = scene.queries(1)
    page = scene.enter()
    page.keyboard.press("1")
    scene.expect_answers((query, "five"))
    expect(page.locator("#standstill h2")).to_be_visible()
    page.keyboard.press("z")
    expect(page.locator("#frame img")).to_have_attribute("data-query", str(query))
    scene.expect_answers()
    scene.queries(4)
    eventually(scene.held, lambda held: held >= 4, page=page)


def test_the_budget_is_spent(scene: Scene) -> None:
    scene.queries(3)
    scene.set(Budget, max_answers=1)
    page = scene.enter()
    page.keyboard.press("1")
    assert "1\nanswer by you" in _standstill(page, "The budget is spent")
    expect(page.locator("#standstill")).to_contain_text("Thank you.")
    expect(page.locator("#standstill")).to_contain_text("once the machine has learned")


@pytest.mark.parametrize("device", [{}, PHONE], ids=["desk", "phone"])
def test_the_end_of_the_budget_shows_the_curve_and_the_persons_part_in_it(
    scene: Scene, make: Factory, device: dict[str, Any]
) -> None:
    began = now() - timedelta(hours=5)
    first = make.round(scene.project, answers=0, created_at=began, **_measured(600))
    walk = scene.walk(round=first)
    page = scene.enter(**device)
    page.keyboard.press("4")
    page.keyboard.press("5")
    scene.expect_marks((walk, "walk", "walk", {"last": 3, "first": 4}))
    scene.set(Label, received_at=began + timedelta(hours=1))
    for hour, right in ((2, 820), (3, 850), (4, 915)):
        at = began + timedelta(hours=hour)
        make.round(scene.project, answers=100 * hour, created_at=at, **_measured(right))
    scene.set(Budget, max_answers=1)
    scene.go(page)
    _standstill(page, "The budget is spent")
    expect(page.locator("#standstill")).to_contain_text("Thank you.")
    expect(page.get_by_role("img", name="Accuracy went from 60.0 %")).to_have_accessible_name(
        "Accuracy went from 60.0 % after 0 answers to 91.5 % after 400; 1 of them are yours."
    )
    expect(page.locator(".curve .own")).to_have_count(1)
    assert page.locator(".curve").evaluate(
        "(it) => { const { left, right, bottom } = it.getBoundingClientRect();"
        " return left >= 0 && right <= innerWidth && bottom <= innerHeight }"
    )
    assert faults(page) == []


def _measured(right: int) -> dict[str, int]:
    return {"holdout_right": right, "holdout_count": 1000}


def test_all_lent_says_when_and_asks_by_itself(scene: Scene, make: Factory) -> None:
    (query,) = scene.queries(1)
    bob = make.member(scene.project)
    with database.writing() as session:
        session.add(
            Claim(
                query_id=query,
                slot=0,
                project_id=scene.project.id,
                user_id=bob.id,
                expires_at=now() + timedelta(minutes=3),
            )
        )
    page = scene.enter(clock=True)
    assert "in about 3 min" in _standstill(page, "Others hold all that is left")
    scene.set(Claim, expires_at=now() - timedelta(seconds=1))
    _later(page, 11)
    expect(page.locator("#frame img")).to_be_visible()


def test_being_prepared_shows_what_the_machine_does(scene: Scene) -> None:
    with database.writing() as session:
        session.add(Worker(id="w", host="h", pid=1, seen_at=now() + timedelta(minutes=5)))
        session.add(
            Stage(
                project_id=scene.project.id,
                kind=StageKind.TRAIN_GENERATOR,
                number=1,
                state=StageState.RUNNING,
                share=0.4,
            )
        )
    page = scene.enter()
    words = _standstill(page, "The next images are being prepared")
    assert "learning to imagine" in words
    assert "40 %" in words
    scene.change(update(Worker).values(seen_at=now() - timedelta(seconds=95)))
    expect(page.locator("#standstill")).to_contain_text("No worker seen for")
    scene.queries(1)
    expect(page.locator("#frame img")).to_be_visible()


def test_nothing_left_for_you(scene: Scene) -> None:
    scene.queries(1, overlap=2)
    page = scene.enter()
    page.keyboard.press("1")
    assert "other people’s answers" in _standstill(page, "You have answered all there is")


def test_a_project_one_was_taken_from(scene: Scene) -> None:
    scene.queries(1)
    page = scene.enter()
    scene.change(delete(Membership).where(Membership.project_id == scene.project.id))
    expect(page.locator("#frame img")).to_be_visible()
    page.keyboard.press("1")
    _standstill(page, "This project is not open to you any more")
    expect(page.locator("#frame img")).to_be_hidden()
    scene.expect_answers()


def test_images_whose_files_are_gone_are_told(scene: Scene) -> None:
    scene.queries(2)
    page = scene.enter()
    page.route("**/images/*.png", lambda route: route.fulfill(status=410))
    for _ in range(3):
        # Too large to come along with the claim.
        scene.make.query(scene.project, image=scene.picture(128, 128), priority=-9.0)
    page.keyboard.press("1")
    page.keyboard.press("1")
    expect(page.locator("#standstill h2")).to_have_text("The images cannot be loaded")


def test_somebody_who_was_away_is_welcomed_back(scene: Scene) -> None:
    scene.queries(3)
    page = scene.enter(clock=True)
    _later(page, 400)
    page.clock.run_for(6_000)
    _standstill(page, "Welcome back")
    page.clock.set_system_time(time.time())
    page.keyboard.press("Shift")
    expect(page.locator("#frame img")).to_be_visible()
