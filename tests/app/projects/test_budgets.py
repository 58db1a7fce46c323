"""What caps leave, refuse and mean, by example."""

from decimal import Decimal

import pytest

from app.projects.budgets import (
    Caps,
    Spent,
    answers_in_all,
    answers_left,
    consequence,
    money,
    refusal,
)

PRICE = Decimal("0.04")


@pytest.mark.parametrize(
    ("caps", "spent", "left"),
    [
        (Caps(), Spent(7), None),
        (Caps(max_answers=10), Spent(), 10),
        (Caps(max_answers=10), Spent(10), 0),
        (Caps(max_answers=10), Spent(12), 0),
        (Caps(price_per_answer=PRICE, max_cost=Decimal(100)), Spent(), 2500),
        (Caps(price_per_answer=PRICE, max_cost=Decimal("0.10")), Spent(1, PRICE), 1),
        (Caps(max_cost=Decimal(5)), Spent(3), None),
        (Caps(100, PRICE, Decimal(1)), Spent(), 25),
        (Caps(20, PRICE, Decimal(1)), Spent(), 20),
        (Caps(price_per_answer=PRICE, max_cost=Decimal(1)), Spent(10, Decimal(2)), 0),
    ],
)
def test_the_least_that_any_cap_leaves_is_left(caps: Caps, spent: Spent, left: int | None) -> None:
    assert answers_left(caps, spent) == left
    assert answers_in_all(caps, spent) == (None if left is None else spent.answers + left)


@pytest.mark.parametrize(
    ("caps", "part"),
    [
        (Caps(max_answers=311), "312 answers are already given"),
        (Caps(max_cost=Decimal("12.47")), "12.48 is already spent"),
        (Caps(max_answers=312, max_cost=Decimal("12.48")), ""),
        (Caps(), ""),
    ],
)
def test_a_cap_below_what_is_spent_is_refused(caps: Caps, part: str) -> None:
    found = refusal(caps, Spent(312, Decimal("12.48")))
    assert part in found
    assert bool(found) is bool(part)


@pytest.mark.parametrize(
    ("caps", "spent", "words"),
    [
        (Caps(), Spent(), "No cap: people are asked until a lead pauses or finishes the project."),
        (
            Caps(price_per_answer=PRICE, max_cost=Decimal(100)),
            Spent(),
            "At 0.04 per answer this cap buys 2,500 answers.",
        ),
        (
            Caps(price_per_answer=PRICE, max_cost=Decimal(100)),
            Spent(312, Decimal("12.48")),
            "At 0.04 per answer this cap buys 2,188 more answers."
            " 312 answers given, 2,188 left, 2,500 in all.",
        ),
        (Caps(max_answers=1), Spent(), "The project stops asking after 1 answer."),
        (
            Caps(50, PRICE),
            Spent(),
            "The project stops asking after 50 answers, which cost 2.00 at 0.04 each.",
        ),
        (
            Caps(max_cost=Decimal(5)),
            Spent(),
            "No cap: people are asked until a lead pauses or finishes the project."
            " At a price of 0 the cap on cost never ends the project.",
        ),
        (
            Caps(max_answers=3),
            Spent(3),
            "The project stops asking after 3 answers."
            " The budget is spent: nobody is asked until it is raised.",
        ),
    ],
)
def test_caps_are_told_by_what_they_bring(caps: Caps, spent: Spent, words: str) -> None:
    assert consequence(caps, spent) == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [("0", "0.00"), ("0.0425", "0.0425"), ("1234.5", "1,234.50"), ("100", "100.00")],
)
def test_money_has_two_decimals_or_as_many_as_it_needs(amount: str, words: str) -> None:
    assert money(Decimal(amount)) == words
