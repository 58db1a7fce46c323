from datetime import UTC, datetime, timedelta

import pytest

from app.labeling.claims import (
    MOST_HELD,
    Lending,
    Reply,
    Situation,
    expiry,
    may_lend,
    origin_shown,
    reply,
    withdraws,
)
from app.words import Origin, ProjectState

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_a_claim_ends_after_the_projects_minutes() -> None:
    assert expiry(NOW, 5) == NOW + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("wanted", "held", "left", "promised", "more"),
    [
        (8, 0, None, 0, 8),
        (8, 5, None, 0, 3),
        (8, 9, None, 0, 0),
        (500, 0, None, 0, MOST_HELD),
        (8, 0, 3, 0, 3),
        (8, 0, 3, 3, 0),
        (8, 2, 10, 9, 1),
        (8, 2, 10, 12, 0),
    ],
)
def test_no_more_is_lent_than_wanted_and_than_the_budget_could_take(
    wanted: int, held: int, left: int | None, promised: int, more: int
) -> None:
    assert may_lend(wanted, held=held, answers_left=left, promised=promised) == more


@pytest.mark.parametrize(
    ("skips", "people", "withdrawn"),
    [
        (0, 1, False),
        (1, 1, True),
        (1, 2, False),
        (2, 2, True),
        (2, 3, False),
        (3, 3, True),
        (3, 40, True),
        (0, 0, False),
        (1, 0, True),
    ],
)
def test_skips_by_three_people_or_by_everybody_withdraw_a_query(
    skips: int, people: int, withdrawn: bool
) -> None:
    assert withdraws(skips, people) is withdrawn


RUNNING = ProjectState.RUNNING
SOON = NOW + timedelta(seconds=170.2)


@pytest.mark.parametrize(
    ("situation", "told"),
    [
        (Situation(RUNNING, NOW, lent=3), Reply(Lending.OPEN)),
        (Situation(ProjectState.FINISHED, NOW, lent=3), Reply(Lending.FINISHED)),
        (Situation(ProjectState.PAUSED, NOW), Reply(Lending.PAUSED, 15)),
        (Situation(ProjectState.DRAFT, NOW), Reply(Lending.BEING_PREPARED, 2)),
        (Situation(RUNNING, NOW, answers_left=0), Reply(Lending.BUDGET_SPENT, 30)),
        (Situation(RUNNING, NOW), Reply(Lending.BEING_PREPARED, 2)),
        (
            Situation(RUNNING, NOW, any_open=True, any_open_for_you=True, soonest_expiry=SOON),
            Reply(Lending.ALL_LENT, 171),
        ),
        (
            Situation(RUNNING, NOW, any_open=True, any_open_for_you=True, posing=True),
            Reply(Lending.ALL_LENT, 1),
        ),
        (Situation(RUNNING, NOW, any_open=True), Reply(Lending.NOTHING_LEFT_FOR_YOU, 15)),
        (Situation(RUNNING, NOW, any_open=True, posing=True), Reply(Lending.BEING_PREPARED, 2)),
    ],
)
def test_people_are_told_exactly_why_nothing_is_lent(situation: Situation, told: Reply) -> None:
    assert reply(situation) == told


def test_gold_looks_like_any_real_image() -> None:
    assert origin_shown(Origin.GOLD, show=True) is Origin.POOL
    assert origin_shown(Origin.SYNTHESIZED, show=True) is Origin.SYNTHESIZED
    assert origin_shown(Origin.POOL, show=False) is None
