"""A project's budget as it is stored: shown, weighed, set. The rules are in `budgets`."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.errors import NotFound
from app.projects import audit, budgets, store
from app.projects.budgets import Caps, Spent
from app.projects.errors import BudgetBelowSpent
from app.projects.schemas import BudgetOut, BudgetPut
from app.tables import Budget


def of(session: Session, project_id: int) -> BudgetOut:
    """Return a project's budget and what it means."""
    budget = store.budgets(session, [project_id]).get(project_id)
    return shown(budget or Budget(project_id=project_id))


def shown(budget: Budget) -> BudgetOut:
    """Show a stored budget."""
    return _shown(caps_of(budget), spent_of(budget))


def _shown(caps: Caps, spent: Spent) -> BudgetOut:
    return BudgetOut(
        max_answers=caps.max_answers,
        price_per_answer=caps.price_per_answer,
        max_cost=caps.max_cost,
        max_daily=caps.max_daily,
        answers_spent=spent.answers,
        cost_spent=spent.cost,
        answers_left=budgets.answers_left(caps, spent),
        consequence=budgets.consequence(caps, spent),
    )


def left_of(budget: Budget | None) -> int | None:
    """Return how many answers a stored budget leaves, None without a cap."""
    return None if budget is None else budgets.answers_left(caps_of(budget), spent_of(budget))


def caps_of(budget: Budget) -> Caps:
    """Read the caps of a stored budget."""
    price = budget.price_per_answer or budgets.FREE
    return Caps(budget.max_answers, price, budget.max_cost, budget.max_daily)


def spent_of(budget: Budget) -> Spent:
    """Read what is spent of a stored budget."""
    return Spent(budget.answers_spent or 0, budget.cost_spent or budgets.FREE)


def weigh(session: Session, project_id: int, wanted: BudgetPut) -> BudgetOut:
    """Say what a budget would mean, or raise the reason why it cannot be; nothing is stored."""
    budget = store.budgets(session, [project_id]).get(project_id)
    spent = spent_of(budget) if budget else Spent()
    caps = _caps(wanted)
    _require_enough(caps, spent)
    return _shown(caps, spent)


def put(session: Session, project_id: int, wanted: BudgetPut, *, by: int | None) -> BudgetOut:
    """Set the caps; a project that stopped because its budget was spent goes on."""
    project = store.lock_project(session, project_id)
    if project is None:
        raise NotFound
    budget = store.lock_budget(session, project_id)
    if budget is None:
        budget = Budget(project_id=project_id, answers_spent=0)
        session.add(budget)
    caps, was_spent = _caps(wanted), left_of(budget) == 0
    _require_enough(caps, spent_of(budget))
    if caps != caps_of(budget):
        budget.max_answers, budget.price_per_answer = caps.max_answers, caps.price_per_answer
        budget.max_cost, budget.max_daily = caps.max_cost, caps.max_daily
        audit.note(session, "budget.set", project_id=project_id, by=by, caps=budgets.in_words(caps))
    if was_spent and left_of(budget) != 0:
        project.notice = ""
    session.flush()
    return shown(budget)


def _caps(wanted: BudgetPut) -> Caps:
    return Caps(wanted.max_answers, wanted.price_per_answer, wanted.max_cost, wanted.max_daily)


def _require_enough(caps: Caps, spent: Spent) -> None:
    refusal = budgets.refusal(caps, spent)
    if refusal:
        raise BudgetBelowSpent(refusal)
