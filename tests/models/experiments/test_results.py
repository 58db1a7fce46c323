"""Rows: what a run leaves behind, and what is read from it."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from models.experiments import results
from models.experiments.plans import EXPERIMENTS
from models.experiments.results import append, digest_of, of_arm, read, settings_of
from models.presets import Choice
from tests.models.experiments.small_grounds import small_arm
from tests.models.experiments.small_rows import ROW


def test_rows_come_back_as_they_were_written(tmp_path: Path) -> None:
    rows = [ROW, replace(ROW, seed=4)]
    for row in rows:
        append(tmp_path / "deep" / "runs.csv", row)
    assert read(tmp_path / "deep" / "runs.csv") == rows
    assert read(tmp_path / "none.csv") == []


@pytest.mark.parametrize(("answers", "percent"), [(10, 50), (19, 50), (20, 90), (30, 80)])
def test_the_accuracy_at_a_count_is_that_round_s_and_not_the_best(
    answers: int, percent: float
) -> None:
    assert ROW.at("t", answers) == pytest.approx(percent)


def test_before_the_first_point_there_is_no_accuracy() -> None:
    assert math.isnan(ROW.at("t", 9))


@pytest.mark.parametrize(("percent", "answers"), [(50, 10), (80, 20), (85, math.nan)])
def test_a_level_is_reached_where_the_run_stays_there(percent: float, answers: float) -> None:
    found = ROW.answers_to_reach("t", percent)
    assert found == answers or (math.isnan(found) and math.isnan(answers))


def test_refusals_are_shares_of_all_queries_or_of_one_source() -> None:
    assert ROW.refusals() == pytest.approx(20)
    assert ROW.refusals(source="synthesized") == pytest.approx(30)
    assert ROW.refusals(source="synthesized", bold=True) == pytest.approx(15)
    assert math.isnan(ROW.refusals(source="explore"))


def test_a_name_is_no_setting_and_every_option_is_one() -> None:
    arm = small_arm()
    assert settings_of(replace(arm, name="other")) == settings_of(arm)
    spelled = small_arm(features=Choice("discriminator", {"epochs": 14}))
    assert settings_of(spelled) == settings_of(small_arm(features=Choice("discriminator")))
    for other in (
        replace(arm, forced=True),
        small_arm(batch_size=6),
        small_arm(features=Choice("discriminator", {"epochs": 1})),
    ):
        assert settings_of(other) != settings_of(arm)


def test_an_option_younger_than_rows_is_a_setting_once_it_is_used() -> None:
    plain, off, on = (
        settings_of(small_arm(features=Choice("pixels", each)))
        for each in ({}, {"blur": 0.0}, {"blur": 2.0})
    )
    assert plain == off != on
    assert json.loads(plain)["features"] == {"name": "pixels"}


def test_runs_are_found_by_what_was_run_and_not_by_name() -> None:
    arm, experiment = small_arm(), replace(EXPERIMENTS["develop"], task="small", answers=30)
    row = replace(ROW, settings_sha256=digest_of(settings_of(arm)), arm="an old name")
    others = [replace(row, answers=31), replace(row, task="large"), replace(row, pool_size=9), ROW]
    assert of_arm([*others, row], arm, experiment) == {3: row}


def test_no_two_arms_of_an_experiment_are_one_setting() -> None:
    for experiment in EXPERIMENTS.values():
        digests = [results.digest_of(settings_of(arm)) for arm in experiment.arms]
        assert len(set(digests)) == len(digests), experiment.name
        assert experiment.reference in {arm.name for arm in experiment.arms}
        names = {arm.name for arm in experiment.arms}
        assert {goal.arm for goal in experiment.goals} <= names
        for claim in experiment.claims:
            compared = {claim.than[0]} if isinstance(claim.than, tuple) else set()
            assert {claim.arm, *compared} <= names
            assert claim.test in experiment.tests
