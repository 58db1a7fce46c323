"""What the tables of labeling say about numbers that are known."""

from __future__ import annotations

from dataclasses import replace

from app.benchmarks.labeling import levels_of
from app.benchmarks.labeling_tables import Cost, Level, Minute, Result, Run, tables
from app.benchmarks.load import Measured
from app.benchmarks.plan import LoadPlan
from app.benchmarks.report import Table
from app.benchmarks.store import Truth


def _run() -> Run:
    measured = Measured(
        {"label": [0.01] * 100, "claim": [0.02] * 20, "image": [0.001] * 100},
        {"stored": 90, "closed": 10},
        errors={"label 500": 3},
        idle_seconds=2.0,
        unserved=1,
        seconds=10.0,
        cpu_seconds=0.009,
    )
    ceiling = Measured({"label": [0.001]}, {"stored": 5000}, seconds=1.0, cpu_seconds=0.3)
    closed = Result(Level(2, None, 10.0, training=True), measured, ceiling, Cost(0.18, 0.09), True)
    slow = Result(
        Level(2, (1, 3), 10.0, training=True), measured, None, Cost(0.18, 0.09, 0.9), False
    )
    truth = Truth(labels=179, doubled=1, over=2, miscounted=3)
    return Run([closed, slow], [2**20, 2**21, 2**22], [], truth, "… database is locked …")


def _found(title: str) -> Table:
    return next(each for each in tables(_run(), LoadPlan(), {"Web": 2**23}) if each.title == title)


def test_only_stored_answers_count_and_every_failure_is_told() -> None:
    [row] = _found("Labeling without a pause").rows
    assert row == (
        "2",
        "9",
        "10.0 / 10.0 / 10.0",
        "20.0 / 20.0 / 20.0",
        "1.0 / 1.0 / 1.0",
        "14",
        "10.0%",
        "yes",
    )


def test_costs_are_told_per_label() -> None:
    closed, slow = _found("What a label costs the server").rows
    assert closed == ("2", "none", "2.00 ms", "1.00 ms", "–", "0.10 ms", "2%")
    assert slow[4] == "10.00 ms"


def test_the_ceiling_stands_beside_what_was_measured() -> None:
    [row] = _found("What the annotators could measure at most").rows
    assert row == ("2", "yes", "5,000", "1.0 / 1.0 / 1.0", "0.06 ms")


def test_broken_promises_are_told() -> None:
    rows = _found("What the database says afterwards").rows
    assert [each[1] for each in rows] == ["180", "179", "1", "2", "3", "1"]


def test_memory_is_told_from_beginning_to_end() -> None:
    rows = _found("Memory").rows
    assert [each[1] for each in rows] == ["1 MiB", "2 MiB", "4 MiB", "8 MiB"]


def test_a_long_run_is_told_in_few_lines_from_its_first_minute_to_its_last() -> None:
    minutes = [Minute(60.0 * each, 100 * each, 2**20, training=each < 20) for each in range(31)]
    told = tables(replace(_run(), long=minutes), LoadPlan(), {})[-1]
    assert told.title == "The web process over a long time"
    assert [each[0] for each in told.rows] == [str(number) for number in range(0, 31, 3)]
    assert told.rows[6] == ("18", "1,800", "1 MiB", "yes")
    assert told.rows[-1] == ("30", "3,000", "1 MiB", "no")


def test_the_plan_goes_through_everybody_with_and_without_a_pause() -> None:
    levels = levels_of(LoadPlan())
    assert [each.annotators for each in levels] == [32, 1, 8, 32, 128, 1, 8, 32, 50, 128]
    assert [each.training for each in levels] == [False] + [True] * 9
    assert [each.think is None for each in levels] == [True] * 5 + [False] * 5


def test_a_quick_plan_is_three_levels() -> None:
    levels = levels_of(LoadPlan(annotators=(32,), seconds=6))
    assert [(each.annotators, each.seconds) for each in levels] == [(32, 6), (32, 6), (32, 12)]
