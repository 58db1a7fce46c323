"""What becomes of an answer, told without a database."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from app.errors import AppError
from app.labeling.errors import (
    AlreadyAnswered,
    ArchivedClass,
    BudgetSpent,
    ForeignClass,
    IdReused,
    NoTwin,
    OtherWay,
    QueryClosed,
    UnknownQuery,
)
from app.labeling.judging import Bench, Held, NamedClass, Said, Standing, Wallet
from app.labeling.schemas import AnswerIn, Verdict
from app.words import Answer, Outcome, QueryState, Refusal, Source, Way

ANN, BOB, EVE = 1, 2, 3
PROJECT, OTHER = 10, 11
FIVE, SEVEN, OLD, FOREIGN = 100, 101, 102, 103
AT = datetime(2026, 1, 2, tzinfo=UTC)


def query(number: int = 1, **facts: Any) -> Standing:
    """An open query of one image that needs one label."""
    standing = Standing(
        id=number,
        project_id=PROJECT,
        state=QueryState.OPEN,
        way=Way.SINGLE,
        overlap=1,
        accepted=0,
        skips=0,
    )
    for name, value in facts.items():
        setattr(standing, name, value)
    return standing


def bench(*queries: Standing, left: int | None = None) -> Bench:
    """A project with two annotators; Eve belongs to another one."""
    return Bench(
        queries={each.id: each for each in queries},
        wallets={PROJECT: Wallet(left)},
        reach={(ANN, PROJECT), (BOB, PROJECT), (EVE, OTHER)},
        classes={
            FIVE: NamedClass(PROJECT, archived=False),
            SEVEN: NamedClass(PROJECT, archived=False),
            OLD: NamedClass(PROJECT, archived=True),
            FOREIGN: NamedClass(OTHER, archived=False),
        },
        labels={},
        twins={500: PROJECT, 501: OTHER},
        people={PROJECT: 2},
        at=AT,
    )


def answer(about: int = 1, kind: Answer = Answer.CLASS, **fields: Any) -> AnswerIn:
    """An answer as the browser sends it; names the five unless told otherwise."""
    if kind is Answer.CLASS:
        fields.setdefault("class", FIVE)
    return AnswerIn.model_validate({"id": uuid4(), "query_id": about, "answer": kind, **fields})


def test_an_answer_settles_a_query_that_needs_one() -> None:
    asked = query()
    table = bench(asked)
    assert table.judge(ANN, answer()) is Verdict.STORED
    assert (asked.state, asked.outcome, asked.outcome_class_id) == (
        QueryState.SETTLED,
        Outcome.CLASS,
        FIVE,
    )
    assert (asked.settled_at, asked.slots[0]) == (AT, Held(ANN, None))
    assert (table.wallets[PROJECT].spent, len(table.taken), table.changed) == (1, 1, {1})


def test_answers_in_one_list_see_each_other() -> None:
    asked = query(overlap=2)
    table = bench(asked)
    table.judge(ANN, answer())
    assert asked.state is QueryState.OPEN
    table.judge(BOB, answer())
    with pytest.raises(QueryClosed):
        table.judge(ANN, answer())
    assert asked.accepted == 2


def test_the_last_answer_of_a_budget_is_taken_and_the_next_is_not() -> None:
    table = bench(query(1), query(2), left=1)
    table.judge(ANN, answer(1))
    with pytest.raises(BudgetSpent):
        table.judge(ANN, answer(2))
    assert table.wallets[PROJECT].spent == 1
    assert table.changed == {1}


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({"class": FOREIGN}, ForeignClass),
        ({"class": 999}, ForeignClass),
        ({"class": OLD}, ArchivedClass),
        ({"twin": 500}, NoTwin),
        ({"twin": 501}, NoTwin),
        ({"twin": 999}, NoTwin),
        ({"kind": Answer.WALK, "marks": {"last": 0, "first": 1}}, OtherWay),
        ({"kind": Answer.PAIR, "marks": {"more": 1}}, OtherWay),
        ({"about": 2}, UnknownQuery),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(
    sent: dict[str, Any], problem: type[AppError]
) -> None:
    asked = query()
    table = bench(asked)
    with pytest.raises(problem):
        table.judge(ANN, answer(**sent))
    assert (asked, table.taken, table.changed) == (query(), [], set())
    assert table.wallets[PROJECT].spent == 0


def test_somebody_of_another_project_finds_no_query() -> None:
    with pytest.raises(UnknownQuery):
        bench(query()).judge(EVE, answer())


def test_a_query_for_one_person_takes_no_answer_of_another() -> None:
    table = bench(query(for_user_id=BOB))
    with pytest.raises(QueryClosed):
        table.judge(ANN, answer())
    assert table.judge(BOB, answer()) is Verdict.STORED


def test_the_same_answer_again_is_a_repeat_and_another_under_its_id_is_refused() -> None:
    table = bench(query())
    sent = answer()
    table.judge(ANN, sent)
    assert table.judge(ANN, sent) is Verdict.REPEATED
    with pytest.raises(IdReused):
        table.judge(BOB, sent)
    assert len(table.taken) == 1


def test_nobody_answers_twice_even_within_one_list() -> None:
    table = bench(query(overlap=3))
    table.judge(ANN, answer())
    with pytest.raises(AlreadyAnswered):
        table.judge(ANN, answer())


def test_an_answer_uses_its_own_slot_then_a_free_one_then_the_one_that_ends_first() -> None:
    soon, late = Held(BOB, AT + timedelta(minutes=1)), Held(EVE, AT + timedelta(minutes=5))
    own = query(overlap=3, slots={1: Held(ANN, AT), 2: late})
    free = query(overlap=3, slots={0: soon, 2: late})
    full = query(overlap=2, slots={0: late, 1: soon})
    used = [
        each.use_slot(ANN) and max(s for s, h in each.slots.items() if h == Held(ANN, None))
        for each in (own, free, full)
    ]
    assert used == [1, 1, 1]
    assert not query(overlap=1, slots={0: Held(BOB, None)}).use_slot(ANN)


def test_a_skip_gives_the_slot_back_and_enough_skips_withdraw() -> None:
    asked = query(slots={0: Held(ANN, AT)})
    table = bench(asked)
    table.judge(ANN, answer(kind=Answer.SKIP))
    assert (asked.state, asked.slots, asked.skips) == (QueryState.OPEN, {}, 1)
    table.judge(BOB, answer(kind=Answer.SKIP))
    assert asked.state is QueryState.WITHDRAWN
    assert table.wallets[PROJECT].spent == 0


def test_a_skip_for_good_withdraws_at_once_and_undo_asks_again() -> None:
    asked = query()
    bench(asked).judge(ANN, answer(kind=Answer.SKIP, for_good=True))
    assert asked.state is QueryState.WITHDRAWN
    asked.take_back(ANN, Answer.SKIP, for_good=True, people=2)
    assert (asked.state, asked.skips) == (QueryState.OPEN, 0)


def test_why_an_image_is_unrecognizable_is_kept_and_is_one_outcome() -> None:
    asked = query()
    table = bench(asked)
    table.judge(ANN, answer(kind=Answer.UNRECOGNIZABLE, refusal=Refusal.IN_BETWEEN))
    assert asked.outcome is Outcome.UNRECOGNIZABLE
    assert table.taken[0].answer.refusal is Refusal.IN_BETWEEN


def test_marks_settle_a_walk_within_its_strip() -> None:
    walk = query(way=Way.WALK, strip=5)
    table = bench(walk)
    with pytest.raises(OtherWay):
        table.judge(ANN, answer(kind=Answer.WALK, marks={"last": 3, "first": 5}))
    with pytest.raises(OtherWay):
        table.judge(ANN, answer())
    table.judge(ANN, answer(kind=Answer.WALK, marks={"last": 1, "first": 3}))
    assert (walk.outcome, walk.outcome_marks) == (Outcome.WALK, {"last": 1, "first": 3})


def test_undo_opens_what_the_label_settled() -> None:
    asked = query()
    bench(asked).judge(ANN, answer())
    asked.take_back(ANN, Answer.CLASS, for_good=False, people=2)
    assert (asked.state, asked.accepted, asked.slots) == (QueryState.OPEN, 0, {})
    assert (asked.outcome, asked.outcome_class_id, asked.settled_at) == (None, None, None)


def test_undo_leaves_what_a_lead_has_decided() -> None:
    decided = query(state=QueryState.SETTLED, accepted=1, outcome=Outcome.CLASS, adjudicated_by=BOB)
    decided.said = [Said(ANN, Answer.CLASS, FIVE)]
    decided.take_back(ANN, Answer.CLASS, for_good=False, people=2)
    assert (decided.state, decided.outcome) == (QueryState.SETTLED, Outcome.CLASS)


@pytest.mark.parametrize(("twin", "taken"), [(500, True), (501, False), (999, False)])
def test_in_place_of_an_imagined_image_a_real_one_of_the_project_is_labeled(
    twin: int, *, taken: bool
) -> None:
    table = bench(query(1, source=Source.SYNTHESIZED))
    with nullcontext() if taken else pytest.raises(NoTwin):
        table.judge(ANN, answer(1, twin=twin))
    assert len(table.taken) == taken
