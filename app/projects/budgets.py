"""What a project may still spend, in answers and in money, and what that means in words.

Pure rules. Knows nothing of tables, queries or who answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

FREE = Decimal(0)


@dataclass(frozen=True)
class Caps:
    """What a lead allows; None is no cap."""

    max_answers: int | None = None
    price_per_answer: Decimal = FREE
    max_cost: Decimal | None = None
    #: Of each annotator in a day.
    max_daily: int | None = None


@dataclass(frozen=True)
class Spent:
    """What was spent: answers that count, and what they cost when they were given."""

    answers: int = 0
    cost: Decimal = FREE


def answers_left(caps: Caps, spent: Spent) -> int | None:
    """Return how many answers may still come: the least that any cap leaves, None without caps."""
    left = [
        each
        for each in (_left_by_count(caps, spent), _left_by_cost(caps, spent))
        if each is not None
    ]
    return min(left) if left else None


def _left_by_count(caps: Caps, spent: Spent) -> int | None:
    return None if caps.max_answers is None else max(0, caps.max_answers - spent.answers)


def _left_by_cost(caps: Caps, spent: Spent) -> int | None:
    if caps.max_cost is None or not caps.price_per_answer:
        return None
    affordable = (caps.max_cost - spent.cost) / caps.price_per_answer
    return max(0, int(affordable.to_integral_value(ROUND_FLOOR)))


def answers_in_all(caps: Caps, spent: Spent) -> int | None:
    """Return the answers that the project ends up with, those given included; None without caps."""
    left = answers_left(caps, spent)
    return None if left is None else spent.answers + left


def refusal(caps: Caps, spent: Spent) -> str:
    """Say why these caps cannot be set, or return nothing."""
    if caps.max_answers is not None and caps.max_answers < spent.answers:
        return (
            f"{spent.answers:,} answers are already given, so the cap cannot be"
            f" {caps.max_answers:,}. Set at least {spent.answers:,}, or pause the project."
        )
    if caps.max_cost is not None and caps.max_cost < spent.cost:
        return (
            f"{money(spent.cost)} is already spent, so the cap cannot be {money(caps.max_cost)}."
            f" Set at least {money(spent.cost)}, or pause the project."
        )
    return ""


def consequence(caps: Caps, spent: Spent) -> str:
    """Say in words what these caps mean."""
    left = answers_left(caps, spent)
    sentences = [_meaning(caps, spent)]
    if caps.max_daily is not None:
        sentences.append(f"Each annotator gives at most {_answers(caps.max_daily)} a day.")
    if caps.max_cost is not None and not caps.price_per_answer:
        sentences.append("At a price of 0 the cap on cost never ends the project.")
    if left == 0:
        sentences.append("The budget is spent: nobody is asked until it is raised.")
    elif left is not None and spent.answers:
        sentences.append(
            f"{_answers(spent.answers)} given, {left:,} left, {spent.answers + left:,} in all."
        )
    return " ".join(sentences)


def _meaning(caps: Caps, spent: Spent) -> str:
    by_count, by_cost = _left_by_count(caps, spent), _left_by_cost(caps, spent)
    price = money(caps.price_per_answer)
    if by_count is None and by_cost is None:
        return "No cap: people are asked until a lead pauses or finishes the project."
    if by_cost is not None and (by_count is None or by_cost < by_count):
        bought = f"{by_cost:,} more answers" if spent.answers else _answers(by_cost)
        return f"At {price} per answer this cap buys {bought}."
    cap = _answers(caps.max_answers or 0)
    if not caps.price_per_answer:
        return f"The project stops asking after {cap}."
    total = spent.cost + (by_count or 0) * caps.price_per_answer
    return f"The project stops asking after {cap}, which cost {money(total)} at {price} each."


def in_words(caps: Caps) -> str:
    """Write caps in one line, for the history."""
    answers = "no cap" if caps.max_answers is None else _answers(caps.max_answers)
    cost = "" if caps.max_cost is None else f", {money(caps.max_cost)} in all"
    daily = "" if caps.max_daily is None else f", {caps.max_daily:,} a day each"
    return f"{answers}{cost}{daily}, at {money(caps.price_per_answer)} per answer"


def money(amount: Decimal) -> str:
    """Write an amount with at least two decimals and no zeros beyond them."""
    whole, _, decimals = f"{amount:,.4f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def _answers(count: int) -> str:
    return "1 answer" if count == 1 else f"{count:,} answers"
