"""Where annotators disagree, others are asked, within the cap, the people and the budget."""

from __future__ import annotations

from collections.abc import Callable

from app.tables import Reliability, User
from app.words import Answer, Outcome, QueryState
from tests.app.labeling.conftest import Desk, on_both_databases

pytestmark = on_both_databases

Open = Callable[..., Desk]


def _disagree(desk: Desk, query: int) -> None:
    """Let Ann and Bob say different things."""
    desk.say(desk.ann, query)
    desk.say(desk.bob, query, **{"class": desk.classes[1]})


def _stands(desk: Desk, query_id: int) -> tuple[QueryState, Outcome | None, int, int]:
    query = desk.query(query_id)
    return query.state, query.outcome, query.overlap, query.accepted


def _others(desk: Desk, count: int) -> list[User]:
    return [desk.make.member(desk.project) for _ in range(count)]


def test_another_annotator_is_asked_where_two_disagree(open_desk: Open) -> None:
    desk = open_desk(overlap=2, most_overlap=4)
    (query,) = desk.queries(1, overlap=2)
    carol, dora = _others(desk, 2)
    _disagree(desk, query)
    assert _stands(desk, query) == (QueryState.OPEN, None, 3, 2)
    assert desk.lent(carol) == [query]
    assert desk.lent(desk.ann) == []
    desk.say(carol, query)
    assert _stands(desk, query) == (QueryState.OPEN, None, 4, 3)
    desk.say(dora, query)
    assert _stands(desk, query) == (QueryState.SETTLED, Outcome.CLASS, 4, 4)
    assert desk.query(query).outcome_class_id == desk.classes[0]


def test_the_cap_is_never_passed_and_a_tie_at_it_is_disputed(open_desk: Open) -> None:
    desk = open_desk(overlap=2, most_overlap=4)
    (query,) = desk.queries(1, overlap=2)
    carol, dora, eve = _others(desk, 3)
    _disagree(desk, query)
    desk.say(carol, query)
    desk.say(dora, query, Answer.UNRECOGNIZABLE)
    assert _stands(desk, query) == (QueryState.SETTLED, Outcome.CLASS, 4, 4)
    assert desk.say(eve, query) == "closed"

    (other,) = desk.queries(1, overlap=2)
    _disagree(desk, other)
    desk.say(carol, other)
    desk.say(dora, other, **{"class": desk.classes[1]})
    assert _stands(desk, other) == (QueryState.SETTLED, Outcome.DISPUTED, 4, 4)


def test_nobody_is_asked_for_whom_the_budget_does_not_pay(open_desk: Open) -> None:
    desk = open_desk(overlap=2, most_overlap=5)
    (query,) = desk.queries(1, overlap=2)
    _others(desk, 2)
    desk.cap(2)
    _disagree(desk, query)
    assert _stands(desk, query) == (QueryState.SETTLED, Outcome.DISPUTED, 2, 2)


def test_nobody_is_waited_for_who_is_not_there(open_desk: Open) -> None:
    desk = open_desk(overlap=2, most_overlap=5)
    (query,) = desk.queries(1, overlap=2)
    _disagree(desk, query)
    assert _stands(desk, query) == (QueryState.SETTLED, Outcome.DISPUTED, 2, 2)


def test_an_answer_taken_back_gives_its_place_to_somebody_else(open_desk: Open) -> None:
    desk = open_desk(overlap=2, most_overlap=3)
    (query,) = desk.queries(1, overlap=2)
    carol, dora = _others(desk, 2)
    _disagree(desk, query)
    answer = desk.answer(query)
    desk.send(carol, answer)
    assert _stands(desk, query) == (QueryState.SETTLED, Outcome.CLASS, 3, 3)
    desk.undo(carol, answer["id"])
    assert _stands(desk, query) == (QueryState.OPEN, None, 3, 2)
    desk.say(dora, query, **{"class": desk.classes[1]})
    assert _stands(desk, query) == (QueryState.SETTLED, Outcome.CLASS, 3, 3)
    assert desk.query(query).outcome_class_id == desk.classes[1]


def test_an_unreliable_annotator_does_not_make_a_dispute(open_desk: Open) -> None:
    desk = open_desk(overlap=2)
    (query,) = desk.queries(1, overlap=2)
    with desk.writing() as session:
        session.add(Reliability(project_id=desk.project.id, user_id=desk.bob.id, weight=0.2))
    _disagree(desk, query)
    assert _stands(desk, query) == (QueryState.SETTLED, Outcome.CLASS, 2, 2)
    assert desk.query(query).outcome_class_id == desk.classes[0]
