"""Means, intervals and paired differences."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from models.experiments.tables import estimate, paired


def test_an_interval_is_student_s() -> None:
    values = [97.0, 98.0, 99.5, 96.0]
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    found = estimate(values)
    assert (found.low, found.high) == pytest.approx(tuple(expected))
    assert str(found) == f"{found.mean:.2f} ± {(found.high - found.low) / 2:.2f}"


def test_one_run_has_no_interval_and_none_has_no_mean() -> None:
    assert str(estimate([98.0])) == "98.00"
    assert str(estimate([])) == str(estimate([math.nan])) == "–"


def test_pairs_are_compared_run_by_run() -> None:
    ours, theirs = [90.0, 80.0, 70.0], [89.0, 79.0, 69.0]
    found = paired(ours, theirs)
    assert (found.mean, found.low, found.high) == pytest.approx((1, 1, 1))
    with pytest.raises(ValueError, match="shorter"):
        paired(ours, theirs[:2])
