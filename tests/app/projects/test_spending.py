"""Budgets over REST."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from app.tables import Budget, Project
from tests.app.projects.conftest import Api, on_both_databases
from tests.factories import Factory

pytestmark = on_both_databases


@pytest.fixture
def project(make: Factory) -> Project:
    project = make.project(notice="The budget is spent.")
    budget = make.session.get_one(Budget, project.id)
    budget.answers_spent, budget.cost_spent, budget.max_answers = 50, Decimal("2.00"), 50
    make.session.commit()
    return project


def test_a_budget_is_set_and_told_in_words(project: Project, as_lead: Callable[..., Api]) -> None:
    api = as_lead(project)
    body = {"price_per_answer": "0.04", "max_cost": 102}
    told = api.ask("PUT", "/budget", body).json()
    assert told["answers_left"] == 2500
    assert told["max_answers"] is None
    assert (told["price_per_answer"], told["max_cost"]) == ("0.04", "102")
    assert told["consequence"].startswith("At 0.04 per answer this cap buys 2,500 more answers.")
    assert api.ask("GET", "/budget").json() == told


@pytest.mark.parametrize(
    ("body", "status", "part"),
    [
        ({"max_answers": 49}, 409, "50 answers are already given"),
        ({"max_cost": "1.99", "price_per_answer": 1}, 409, "2.00 is already spent"),
        ({"max_answers": 0}, 422, "max_answers"),
        ({"max_answers": 10.5}, 422, "max_answers"),
        ({"price_per_answer": -1}, 422, "price_per_answer"),
        ({"price_per_answer": "0.00001"}, 422, "price_per_answer"),
        ({"price_per_answer": "NaN"}, 422, "price_per_answer"),
        ({"max_cost": "1e30"}, 422, "max_cost"),
        ({"max_cost": "free"}, 422, "max_cost"),
        ({"answers_spent": 0}, 422, "answers_spent"),
        ({"currency": "EUR"}, 422, "currency"),
    ],
)
def test_a_budget_that_does_not_fit_is_refused(
    project: Project, as_lead: Callable[..., Api], body: dict[str, Any], status: int, part: str
) -> None:
    api = as_lead(project)
    for method, path in [("POST", "/budget/check"), ("PUT", "/budget")]:
        answer = api.ask(method, path, body)
        assert answer.status_code == status
        assert part in answer.json()["detail"]
    assert api.ask("GET", "/budget").json()["max_answers"] == 50


def test_a_project_goes_on_when_its_spent_budget_is_raised(
    project: Project, as_lead: Callable[..., Api], fresh: Callable[[Any], Any]
) -> None:
    api = as_lead(project)
    assert api.ask("GET", "/budget").json()["answers_left"] == 0
    assert api.ask("PUT", "/budget", {"max_answers": 60}).json()["answers_left"] == 10
    assert fresh(project).notice == ""
    assert api.ask("GET").json()["next_step"]["place"] != "budget"


def test_what_is_spent_stays_when_caps_change(
    project: Project, as_lead: Callable[..., Api]
) -> None:
    told = as_lead(project).ask("PUT", "/budget", {}).json()
    assert (told["answers_spent"], told["cost_spent"], told["answers_left"]) == (50, "2", None)


def test_a_check_stores_nothing(project: Project, as_lead: Callable[..., Api]) -> None:
    api = as_lead(project)
    assert api.ask("POST", "/budget/check", {"max_answers": 70}).json()["answers_left"] == 20
    assert api.ask("GET", "/budget").json()["answers_left"] == 0


def test_setting_a_budget_is_noted(project: Project, as_lead: Callable[..., Api]) -> None:
    api = as_lead(project)
    api.ask("PUT", "/budget", {"max_answers": 70, "price_per_answer": "0.5"})
    (entry,) = api.ask("GET", "/audit").json()["items"]
    assert entry["sentence"] == "set the budget to 70 answers, at 0.50 per answer"


def test_a_cap_for_each_day_is_kept_and_told(project: Project, as_lead: Callable[..., Api]) -> None:
    api = as_lead(project)
    told = api.ask("PUT", "/budget", {"max_daily": 400}).json()
    assert told["max_daily"] == 400
    assert "Each annotator gives at most 400 answers a day." in told["consequence"]
    assert api.ask("GET", "/budget").json() == told
    assert api.ask("PUT", "/budget", {"max_daily": 0}).status_code == 422
    (entry, *_) = api.ask("GET", "/audit").json()["items"]
    assert "400 a day each" in entry["sentence"]
    assert api.ask("PUT", "/budget", {}).json()["max_daily"] is None
