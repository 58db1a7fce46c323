from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from app.labeling.errors import TooManyAnswers, UnknownLabel
from app.tables import Label, now
from app.words import Answer, Outcome, ProjectState, QueryState
from tests.app.labeling.conftest import Desk, on_both_databases

pytestmark = on_both_databases


def _outcome(desk: Desk, query_id: int) -> tuple[QueryState, Outcome | None, int | None, int]:
    query = desk.query(query_id)
    return query.state, query.outcome, query.outcome_class_id, query.accepted


def test_an_answer_settles_a_query_that_needs_one(desk: Desk) -> None:
    first, second, _ = desk.queries(3)
    desk.lent(desk.ann)
    assert desk.say(desk.ann, first, **{"class": desk.classes[1]}) == "stored"
    assert desk.say(desk.ann, second, Answer.UNRECOGNIZABLE) == "stored"
    settled = QueryState.SETTLED
    assert _outcome(desk, first) == (settled, Outcome.CLASS, desk.classes[1], 1)
    assert _outcome(desk, second) == (settled, Outcome.UNRECOGNIZABLE, None, 1)
    assert desk.query(first).settled_at is not None
    assert desk.budget().answers_spent == 2


def test_a_query_with_overlap_settles_with_its_last_label(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(overlap=3)
    (query,) = desk.queries(1, overlap=3)
    carol = desk.make.member(desk.project)
    desk.say(desk.ann, query, **{"class": desk.classes[1]})
    desk.say(desk.bob, query)
    assert desk.query(query).state is QueryState.OPEN
    desk.say(carol, query, **{"class": desk.classes[1]})
    assert _outcome(desk, query) == (QueryState.SETTLED, Outcome.CLASS, desk.classes[1], 3)


def test_annotators_who_disagree_leave_a_dispute(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(overlap=2)
    (query,) = desk.queries(1, overlap=2)
    desk.say(desk.ann, query)
    desk.say(desk.bob, query, Answer.UNRECOGNIZABLE)
    assert _outcome(desk, query) == (QueryState.SETTLED, Outcome.DISPUTED, None, 2)


def test_the_same_answer_twice_counts_once(desk: Desk) -> None:
    (query,) = desk.queries(1)
    answer = desk.answer(query)
    assert [v.verdict for v in desk.send(desk.ann, answer, answer)] == ["stored", "repeated"]
    assert [v.verdict for v in desk.send(desk.ann, answer)] == ["repeated"]
    assert desk.budget().answers_spent == 1


def test_an_id_written_in_capitals_is_the_same_id(desk: Desk) -> None:
    (query,) = desk.queries(1)
    answer = desk.answer(query)
    desk.send(desk.ann, answer)
    (verdict,) = desk.send(desk.ann, {**answer, "id": answer["id"].upper()})
    assert (verdict.verdict, verdict.id) == ("repeated", answer["id"])


def test_an_answer_to_a_closed_query_comes_too_late(desk: Desk) -> None:
    settled, withdrawn = desk.queries(2)
    desk.say(desk.ann, settled)
    desk.change(desk.query(withdrawn), state=QueryState.WITHDRAWN)
    assert desk.say(desk.bob, settled) == "closed"
    assert desk.say(desk.bob, settled, Answer.SKIP) == "closed"
    assert desk.say(desk.bob, withdrawn) == "closed"
    assert desk.budget().answers_spent == 1


def test_an_id_cannot_be_used_for_something_else_or_by_somebody_else(desk: Desk) -> None:
    first, second = desk.queries(2)
    answer = desk.answer(first)
    desk.send(desk.ann, answer)
    other_query = desk.say(desk.ann, second, id=answer["id"])
    other_class = desk.say(desk.ann, first, id=answer["id"], **{"class": desk.classes[1]})
    other_person = desk.say(desk.bob, first, id=answer["id"])
    assert {other_query, other_class, other_person} == {"id-reused"}


def test_nobody_answers_a_query_twice(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(overlap=2)
    (query,) = desk.queries(1, overlap=2)
    desk.say(desk.ann, query)
    assert desk.say(desk.ann, query) == "already-answered"
    assert desk.query(query).accepted == 1


def test_a_foreign_class_is_refused(desk: Desk) -> None:
    (query,) = desk.queries(1)
    foreign = desk.make.classes(desk.make.project())[0].id
    assert desk.say(desk.ann, query, **{"class": foreign}) == "foreign-class"
    assert desk.say(desk.ann, query, **{"class": 10**6}) == "foreign-class"


def test_an_archived_class_is_refused(desk: Desk) -> None:
    (query,) = desk.queries(1)
    desk.change(desk.make.classes(desk.project)[0], archived_at=now())
    assert desk.say(desk.ann, query) == "archived-class"


def test_a_class_named_like_markup_is_a_class_like_any(desk: Desk) -> None:
    (query,) = desk.queries(1)
    odd = desk.make.project_class(desk.project, "</script><b>").id
    assert desk.say(desk.ann, query, **{"class": odd}) == "stored"
    assert desk.claim(desk.ann).classes[-1].name == "</script><b>"


def test_unknown_and_foreign_queries_look_the_same(desk: Desk) -> None:
    foreign = desk.make.query(desk.make.project()).id
    assert desk.say(desk.ann, foreign) == desk.say(desk.ann, 10**6) == "unknown-query"


@pytest.mark.parametrize(
    "broken",
    [
        None,
        7,
        "answer",
        [],
        {},
        {"id": "no uuid"},
        {"query_id": "1"},
        {"query_id": True},
        {"query_id": 0},
        {"query_id": 2**63},
        {"answer": "maybe"},
        {"class": None},
        {"class": "five"},
        {"answer": "skip"},
        {"answer": "unrecognizable"},
        {"duration_ms": "long"},
        {"duration_ms": float("nan")},
    ],
)
def test_what_is_no_answer_is_refused_and_blocks_no_other(desk: Desk, broken: Any) -> None:
    first, second, third = desk.queries(3)
    if isinstance(broken, dict) and broken:
        broken = {**desk.answer(second), **broken}
    verdicts = desk.send(desk.ann, desk.answer(first), broken, desk.answer(third))
    assert [v.verdict for v in verdicts] == ["stored", "refused", "stored"]
    assert verdicts[1].problem is not None
    assert verdicts[1].problem.slug == "bad-answer"
    assert desk.query(second).accepted == 0


def test_a_refused_answer_changes_nothing_and_blocks_no_other(desk: Desk) -> None:
    first, second = desk.queries(2)
    verdicts = desk.send(
        desk.ann,
        desk.answer(first, **{"class": 10**6}),
        desk.answer(second),
        desk.answer(second),
        desk.answer(first, Answer.UNRECOGNIZABLE),
    )
    assert [v.verdict for v in verdicts] == ["refused", "stored", "closed", "stored"]


@pytest.mark.parametrize(("sent", "stored"), [(-5, 0), (1234.6, 1234), (10**12, 600_000)])
def test_a_duration_out_of_range_is_brought_into_it(desk: Desk, sent: float, stored: int) -> None:
    (query,) = desk.queries(1)
    answer = desk.answer(query, duration_ms=sent)
    desk.send(desk.ann, answer)
    with desk.writing() as session:
        assert session.get_one(Label, answer["id"]).duration_ms == stored


def test_too_many_answers_at_once_are_refused(desk: Desk) -> None:
    with pytest.raises(TooManyAnswers):
        desk.send(desk.ann, *[{}] * 201)


def test_the_budget_is_never_exceeded_by_count(desk: Desk) -> None:
    queries = desk.queries(4)
    desk.cap(answers=2)
    verdicts = desk.send(desk.ann, *[desk.answer(query) for query in queries])
    assert [v.verdict for v in verdicts] == ["stored", "stored", "refused", "refused"]
    assert verdicts[2].problem is not None
    assert verdicts[2].problem.slug == "budget-spent"
    assert desk.query(queries[2]).accepted == 0
    assert desk.budget().answers_spent == 2
    desk.cap(answers=3)
    assert desk.say(desk.ann, queries[2]) == "stored"


def test_the_budget_is_never_exceeded_by_cost(desk: Desk) -> None:
    queries = desk.queries(4)
    desk.cap(answers=None, price="0.10", cost="0.29")
    verdicts = desk.send(desk.ann, *[desk.answer(query) for query in queries])
    assert [v.verdict for v in verdicts] == ["stored", "stored", "refused", "refused"]
    assert desk.budget().cost_spent == Decimal("0.2")


def test_a_price_of_nothing_never_meets_the_cap_on_cost(desk: Desk) -> None:
    (query,) = desk.queries(1)
    desk.cap(answers=None, price="0", cost="0")
    assert desk.say(desk.ann, query) == "stored"


def test_skips_cost_nothing_and_are_taken_when_the_budget_is_spent(desk: Desk) -> None:
    (query,) = desk.queries(1)
    desk.cap(answers=0)
    assert desk.say(desk.ann, query, Answer.SKIP) == "stored"
    assert desk.budget().answers_spent == 0


def test_a_late_answer_counts_although_its_claim_was_lent_on(desk: Desk) -> None:
    (query,) = desk.queries(1)
    desk.lent(desk.ann)
    desk.let_time_pass(minutes=6)
    assert desk.lent(desk.bob) == [query]
    assert desk.say(desk.ann, query) == "stored"
    assert desk.claims() == [(query, 0, desk.ann.id, True)]
    assert desk.say(desk.bob, query) == "closed"


def test_an_answer_without_a_claim_takes_a_free_slot_first(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(overlap=2)
    (query,) = desk.queries(1, overlap=2)
    desk.lent(desk.ann)
    assert desk.say(desk.bob, query) == "stored"
    assert desk.claims() == [(query, 0, desk.ann.id, False), (query, 1, desk.bob.id, True)]


def test_a_skip_gives_the_query_to_somebody_else(desk: Desk) -> None:
    (query,) = desk.queries(1)
    desk.lent(desk.ann)
    assert desk.say(desk.ann, query, Answer.SKIP) == "stored"
    assert desk.query(query).skips == 1
    assert desk.lent(desk.bob) == [query]


def test_a_query_that_everybody_skips_is_withdrawn(desk: Desk) -> None:
    (query,) = desk.queries(1)
    desk.say(desk.ann, query, Answer.SKIP)
    assert desk.query(query).state is QueryState.OPEN
    desk.say(desk.bob, query, Answer.SKIP)
    assert desk.query(query).state is QueryState.WITHDRAWN


@pytest.mark.parametrize("state", [ProjectState.PAUSED, ProjectState.FINISHED])
def test_answers_in_flight_are_taken_when_a_project_stops(desk: Desk, state: ProjectState) -> None:
    (query,) = desk.queries(1)
    desk.lent(desk.ann)
    desk.change(desk.project, state=state)
    assert desk.say(desk.ann, query) == "stored"


def test_undo_opens_the_query_frees_the_slot_and_refunds(desk: Desk) -> None:
    (query,) = desk.queries(1)
    desk.cap(answers=1, price="0.04")
    answer = desk.answer(query)
    desk.send(desk.ann, answer)
    undone = desk.undo(desk.ann, answer["id"])
    assert (undone.query_id, undone.open) == (query, True)
    assert _outcome(desk, query) == (QueryState.OPEN, None, None, 0)
    assert (desk.budget().answers_spent, desk.budget().cost_spent) == (0, 0)
    assert desk.claims() == []
    assert desk.query(query).settled_at is None


def test_undo_twice_changes_nothing_the_second_time(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(overlap=2)
    (query,) = desk.queries(1, overlap=2)
    answer = desk.answer(query)
    desk.send(desk.ann, answer)
    desk.say(desk.bob, query)
    desk.undo(desk.ann, answer["id"])
    assert desk.undo(desk.ann, answer["id"].upper()).open
    assert (desk.query(query).accepted, desk.budget().answers_spent) == (1, 1)


def test_an_answer_after_undo_counts_under_a_new_id(desk: Desk) -> None:
    (query,) = desk.queries(1)
    answer = desk.answer(query)
    desk.send(desk.ann, answer)
    desk.undo(desk.ann, answer["id"])
    assert [v.verdict for v in desk.send(desk.ann, answer)] == ["repeated"]
    assert desk.query(query).accepted == 0
    assert desk.say(desk.ann, query, **{"class": desk.classes[1]}) == "stored"
    assert _outcome(desk, query) == (QueryState.SETTLED, Outcome.CLASS, desk.classes[1], 1)


def test_undo_of_a_skip_opens_what_the_skip_withdrew(desk: Desk) -> None:
    (query,) = desk.queries(1)
    desk.say(desk.ann, query, Answer.SKIP)
    skip = desk.answer(query, Answer.SKIP)
    desk.send(desk.bob, skip)
    assert desk.undo(desk.bob, skip["id"]).open
    assert (desk.query(query).skips, desk.query(query).state) == (1, QueryState.OPEN)


def test_undo_does_not_open_what_the_machine_withdrew(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(overlap=2)
    (query,) = desk.queries(1, overlap=2)
    answer = desk.answer(query)
    desk.send(desk.ann, answer)
    desk.change(desk.query(query), state=QueryState.WITHDRAWN)
    assert not desk.undo(desk.ann, answer["id"]).open
    assert desk.query(query).accepted == 0


def test_only_ones_own_labels_can_be_taken_back(desk: Desk) -> None:
    (query,) = desk.queries(1)
    answer = desk.answer(query)
    desk.send(desk.ann, answer)
    for label_id in (answer["id"], str(uuid4()), "no uuid"):
        with pytest.raises(UnknownLabel):
            desk.undo(desk.bob, label_id)


def test_a_refund_never_leaves_less_than_nothing(desk: Desk) -> None:
    (query,) = desk.queries(1)
    desk.cap(answers=None, price="0.04")
    answer = desk.answer(query)
    desk.send(desk.ann, answer)
    desk.cap(answers=None, price="9")
    desk.undo(desk.ann, answer["id"])
    assert desk.budget().cost_spent == 0


def test_a_project_without_a_budget_row_still_takes_answers(desk: Desk) -> None:
    (query,) = desk.queries(1)
    with desk.writing() as session:
        session.delete(desk.budget())
    assert desk.lent(desk.ann) == [query]
    assert desk.say(desk.ann, query) == "stored"
    assert desk.budget().answers_spent == 1
