"""Nobody is asked for more answers in a day than the budget allows each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from app.labeling.claims import Lending, Reply, Situation, may_lend, midnight, reply
from app.tables import Budget, Label, now
from app.words import Answer, ProjectState
from tests.app.labeling.conftest import Desk, on_both_databases

NOW = datetime(2026, 5, 4, 13, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("held", "daily_left", "more"), [(0, 5, 5), (3, 5, 2), (5, 5, 0), (8, 5, 0)]
)
def test_no_more_is_lent_than_somebody_may_answer_today(
    held: int, daily_left: int, more: int
) -> None:
    lent = may_lend(8, held=held, answers_left=None, promised=0, daily_left=daily_left)
    assert lent == more


def test_the_day_begins_at_midnight() -> None:
    assert midnight(NOW) == datetime(2026, 5, 4, tzinfo=UTC)


def test_the_cap_is_told_only_where_nothing_is_lent() -> None:
    done = Situation(ProjectState.RUNNING, NOW, daily_left=0, any_open=True, any_open_for_you=True)
    assert reply(done) == Reply(Lending.DAILY_CAP, 300)
    holding = Situation(ProjectState.RUNNING, NOW, daily_left=0, lent=1)
    assert reply(holding).state is Lending.OPEN


def _cap(desk: Desk, most: int | None) -> None:
    with desk.writing() as session:
        session.execute(update(Budget).values(max_daily=most))


@on_both_databases
def test_whoever_has_given_the_days_answers_is_told_so(desk: Desk) -> None:
    desk.queries(6)
    _cap(desk, 2)
    first, second = desk.lent(desk.ann)
    desk.say(desk.ann, first)
    desk.say(desk.ann, second, Answer.UNRECOGNIZABLE)
    told = desk.claim(desk.ann)
    assert (told.state, told.queries) == (Lending.DAILY_CAP, [])
    assert len(desk.lent(desk.bob)) == 2
    _cap(desk, None)
    assert len(desk.lent(desk.ann)) == 2


@on_both_databases
def test_skips_and_yesterday_do_not_count(desk: Desk) -> None:
    queries = desk.queries(6)
    _cap(desk, 1)
    desk.say(desk.ann, queries[0], Answer.SKIP)
    assert len(desk.lent(desk.ann)) == 1
    desk.say(desk.ann, queries[1])
    assert desk.claim(desk.ann).state is Lending.DAILY_CAP
    with desk.writing() as session:
        session.execute(update(Label).values(received_at=now() - timedelta(days=1)))
    assert len(desk.lent(desk.ann)) == 1
