"""The rule of what is due, as tables of examples."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.rounds.schedule import Due, Facts, Last, due, queries_wanted
from app.words import Mode, ProjectState, StageKind, StageState

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FRESH = Facts(
    state=ProjectState.RUNNING, mode=Mode.CONTINUOUS, batch_size=10, now=NOW, pool_count=1000
)
#: In the middle of a project: a round was posed, everything is trained.
BUSY = replace(FRESH, last_round=3, open_queries=10, lendable=10)


def kinds(facts: Facts) -> list[StageKind]:
    return [each.kind for each in due(facts)]


def test_an_import_is_done_whatever_state_the_project_is_in() -> None:
    facts = replace(FRESH, state=ProjectState.DRAFT, pool_count=0, imports=(7,))
    assert due(facts) == [Due(StageKind.IMPORT_POOL, 7, 1)]


@pytest.mark.parametrize("state", [ProjectState.DRAFT, ProjectState.PAUSED, ProjectState.FINISHED])
def test_nothing_is_trained_or_posed_unless_the_project_runs(state: ProjectState) -> None:
    assert due(replace(FRESH, state=state, features_missing=True)) == []


def test_the_cold_start_does_not_wait_for_training() -> None:
    facts = replace(FRESH, features_missing=True, generator_missing=True)
    assert due(facts) == [
        Due(StageKind.LEARN_FEATURES, 1, 1),
        Due(StageKind.TRAIN_GENERATOR, 1, 1),
        Due(StageKind.FIT_AND_POSE, 1, 1),
    ]


@pytest.mark.parametrize(
    ("lendable", "settled_since", "expected"),
    [
        (10, 5, False),
        (4, 0, False),
        (4, 1, True),
        (0, 0, True),
    ],
)
def test_the_queue_is_topped_up_before_it_runs_dry(
    lendable: int, settled_since: int, expected: bool
) -> None:
    facts = replace(BUSY, lendable=lendable, settled_since=settled_since)
    assert (StageKind.FIT_AND_POSE in kinds(facts)) is expected


def test_a_strict_round_waits_until_the_whole_batch_is_answered() -> None:
    strict = replace(BUSY, mode=Mode.STRICT, settled_since=9, lendable=0)
    assert due(replace(strict, open_queries=1)) == []
    assert due(replace(strict, open_queries=0)) == [Due(StageKind.FIT_AND_POSE, 4, 1)]


def test_a_strict_round_waits_for_the_generator_it_needs() -> None:
    strict = replace(
        BUSY, mode=Mode.STRICT, open_queries=0, lendable=0, settled_since=10, generator_missing=True
    )
    running = {(StageKind.TRAIN_GENERATOR, 1): Last(1, StageState.RUNNING)}
    assert due(replace(strict, attempts=running)) == []


def test_a_strict_round_does_not_wait_for_training_that_was_given_up() -> None:
    failed = {(StageKind.TRAIN_GENERATOR, 1): Last(1, StageState.FAILED, final=True)}
    strict = replace(
        BUSY,
        mode=Mode.STRICT,
        open_queries=0,
        lendable=0,
        settled_since=10,
        generator_missing=True,
        attempts=failed,
    )
    assert kinds(strict) == [StageKind.FIT_AND_POSE]


@pytest.mark.parametrize(
    ("answers_left", "labels_awaited", "overlap", "expected"),
    [
        (None, 0, 1, 10),
        (100, 0, 1, 10),
        (4, 0, 1, 4),
        (4, 3, 1, 1),
        (4, 4, 1, 0),
        (7, 0, 3, 2),
        (0, 2, 1, 0),
    ],
)
def test_a_round_never_poses_more_than_the_budget_can_answer(
    answers_left: int | None, labels_awaited: int, overlap: int, expected: int
) -> None:
    facts = replace(BUSY, answers_left=answers_left, labels_awaited=labels_awaited, overlap=overlap)
    assert queries_wanted(facts) == expected


def test_more_queries_are_posed_when_more_people_are_present() -> None:
    assert queries_wanted(replace(BUSY, lendable=4, annotators=3)) == 20


def test_the_last_answers_of_a_budget_are_still_learned_from() -> None:
    spent = replace(BUSY, answers_left=0, open_queries=0, lendable=0, settled_since=3)
    assert kinds(spent) == [StageKind.FIT_AND_POSE]
    assert kinds(replace(spent, settled_since=0)) == []


def test_an_exhausted_pool_is_not_posed_from_again() -> None:
    exhausted = replace(BUSY, exhausted=True, open_queries=0, lendable=0)
    assert due(exhausted) == []
    assert exhausted.used_up


def test_a_pool_is_not_used_up_while_a_generator_is_on_its_way() -> None:
    exhausted = replace(BUSY, exhausted=True, open_queries=0, lendable=0, generator_missing=True)
    assert not exhausted.used_up


def test_accuracy_is_measured_where_there_is_a_holdout() -> None:
    facts = replace(BUSY, unevaluated=(3, 2))
    assert kinds(facts) == []
    assert due(replace(facts, holdout_count=5)) == [
        Due(StageKind.EVALUATE, 3, 1),
        Due(StageKind.EVALUATE, 2, 1),
    ]


@pytest.mark.parametrize("state", [StageState.QUEUED, StageState.RUNNING, StageState.CANCELED])
def test_work_under_way_or_canceled_is_not_queued_again(state: StageState) -> None:
    attempts = {(StageKind.FIT_AND_POSE, 1): Last(1, state)}
    assert due(replace(FRESH, attempts=attempts)) == []


def test_failed_work_is_tried_again_after_a_pause() -> None:
    failed = Last(1, StageState.FAILED, finished_at=NOW - timedelta(seconds=4))
    assert due(replace(FRESH, attempts={(StageKind.FIT_AND_POSE, 1): failed})) == []
    failed = replace(failed, finished_at=NOW - timedelta(seconds=6))
    assert due(replace(FRESH, attempts={(StageKind.FIT_AND_POSE, 1): failed})) == [
        Due(StageKind.FIT_AND_POSE, 1, 2)
    ]


def test_work_that_was_given_up_is_not_queued_again() -> None:
    last = Last(1, StageState.FAILED, final=True)
    assert due(replace(FRESH, attempts={(StageKind.FIT_AND_POSE, 1): last})) == []


def test_work_that_waits_for_space_is_tried_every_minute_however_often_it_failed() -> None:
    last = Last(500, StageState.FAILED, finished_at=NOW - timedelta(seconds=61))
    assert due(replace(FRESH, attempts={(StageKind.FIT_AND_POSE, 1): last})) == [
        Due(StageKind.FIT_AND_POSE, 1, 501)
    ]


def test_images_that_were_sent_are_judged_before_anything_else() -> None:
    facts = replace(BUSY, stream_waiting=31, features_missing=True)
    assert due(facts)[0] == Due(StageKind.JUDGE_STREAM, 31, 1)
    assert due(replace(facts, state=ProjectState.PAUSED)) == []


def test_a_stream_may_bring_more_so_the_project_is_not_used_up() -> None:
    exhausted = replace(BUSY, exhausted=True, open_queries=0, lendable=0)
    assert exhausted.used_up
    assert not replace(exhausted, streams=True).used_up
