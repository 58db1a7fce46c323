"""Many annotators at once: nothing counts twice, nothing is lost, no cap is passed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from app.labeling.claims import Lending
from app.tables import Label, Query, User
from app.words import Answer, QueryState
from tests.app.labeling.conftest import Desk, on_both_databases

ANNOTATORS = 32
pytestmark = on_both_databases


def _label_until_nothing_is_left(desk: Desk, user: User, start: Barrier) -> list[int]:
    """Work like a page: claim, answer in small lists, now and then send a list twice."""
    chance = random.Random(user.id)
    start.wait()
    lent: list[int] = []
    while True:
        claims = desk.claim(user, limit=chance.randint(1, 6))
        if claims.state in (Lending.BUDGET_SPENT, Lending.NOTHING_LEFT_FOR_YOU):
            return lent
        if claims.state is Lending.BEING_PREPARED:
            return lent
        queries = [query.id for query in claims.queries]
        lent += queries
        answers = [
            desk.answer(query, chance.choice([Answer.CLASS, Answer.UNRECOGNIZABLE]))
            for query in queries
        ]
        desk.send(user, *answers)
        if chance.random() < 0.3:
            desk.send(user, *answers)


def _run(desk: Desk, count: int = ANNOTATORS) -> dict[int, list[int]]:
    people = [desk.ann, desk.bob, *(desk.make.member(desk.project) for _ in range(count - 2))]
    start = Barrier(len(people))
    with ThreadPoolExecutor(len(people)) as pool:
        work = {
            user.id: pool.submit(_label_until_nothing_is_left, desk, user, start) for user in people
        }
        return {user_id: each.result() for user_id, each in work.items()}


def _standing_labels(desk: Desk) -> Counter[int]:
    with desk.writing() as session:
        return Counter(session.scalars(select(Label.query_id).where(Label.undone_at.is_(None))))


@pytest.mark.parametrize(("overlap", "queries"), [(1, 160), (3, 60)])
def test_every_query_gets_exactly_its_labels(
    open_desk: Callable[..., Desk], overlap: int, queries: int
) -> None:
    desk = open_desk(overlap=overlap)
    posed = desk.queries(queries, overlap=overlap)
    lent = _run(desk)
    labels = _standing_labels(desk)
    assert labels == dict.fromkeys(posed, overlap)
    with desk.writing() as session:
        rows = session.execute(select(Query.state, Query.accepted)).all()
    assert {tuple(row) for row in rows} == {(QueryState.SETTLED, overlap)}
    assert desk.budget().answers_spent == queries * overlap
    for own in lent.values():
        assert len(own) == len(set(own))
    assert Counter(query for own in lent.values() for query in own) == labels


@pytest.mark.parametrize("overlap", [1, 3])
def test_no_cap_is_passed(open_desk: Callable[..., Desk], overlap: int) -> None:
    desk = open_desk(overlap=overlap)
    desk.queries(80, overlap=overlap)
    desk.cap(answers=53, price="0.01", cost="0.41")
    _run(desk)
    budget = desk.budget()
    assert budget.answers_spent == 41
    assert sum(_standing_labels(desk).values()) == 41
    assert str(budget.cost_spent) == "0.41"


def test_answers_without_claims_never_over_answer_a_query(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(overlap=3)
    posed = desk.queries(5, overlap=3)
    people = [desk.make.member(desk.project) for _ in range(ANNOTATORS)]
    start = Barrier(len(people))

    def answer_all(user: User) -> Counter[str]:
        order = random.Random(user.id).sample(posed, len(posed))
        answers = [desk.answer(query) for query in order]
        start.wait()
        return Counter(each.verdict.value for each in desk.send(user, *answers))

    with ThreadPoolExecutor(len(people)) as pool:
        verdicts = sum(pool.map(answer_all, people), Counter())
    assert verdicts == {"stored": 15, "closed": len(posed) * ANNOTATORS - 15}
    assert _standing_labels(desk) == dict.fromkeys(posed, 3)


def test_the_same_list_sent_at_once_from_many_tabs_counts_once(desk: Desk) -> None:
    answers = [desk.answer(query) for query in desk.queries(10)]
    start = Barrier(8)

    def send(_: int) -> Counter[str]:
        start.wait()
        return Counter(each.verdict.value for each in desk.send(desk.ann, *answers))

    with ThreadPoolExecutor(8) as pool:
        verdicts = sum(pool.map(send, range(8)), Counter())
    assert verdicts == {"stored": 10, "repeated": 70}
    assert desk.budget().answers_spent == 10


def test_taking_back_and_answering_again_keeps_the_books(desk: Desk) -> None:
    posed = desk.queries(20)
    people = [desk.make.member(desk.project) for _ in range(8)]
    start = Barrier(len(people))

    def waver(user: User) -> None:
        chance = random.Random(user.id)
        start.wait()
        for query in chance.sample(posed, len(posed)):
            answer = desk.answer(query)
            (verdict,) = desk.send(user, answer)
            if verdict.verdict == "stored" and chance.random() < 0.7:
                desk.undo(user, answer["id"])

    with ThreadPoolExecutor(len(people)) as pool:
        list(pool.map(waver, people))
    labels = _standing_labels(desk)
    with desk.writing() as session:
        accepted = dict(session.execute(select(Query.id, Query.accepted)).tuples().all())
    assert accepted == {query: labels.get(query, 0) for query in posed}
    assert desk.budget().answers_spent == labels.total()
    assert [query for query, _, _, answered in desk.claims() if answered] == sorted(labels)
