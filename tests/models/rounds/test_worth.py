"""What sources are worth, and where slots go."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rounds.worth import LEAST_ANSWERS, LEAST_SHARE, Worth, steer, worth, worths

MIX = {"synthesized": 0.4, "pool": 0.5, "explore": 0.1}


def of(source: str, points: float, error: float = 1.0) -> Worth:
    return Worth(source, 50, points, error)


def test_the_worth_is_what_is_lost_without_the_answers() -> None:
    right = np.ones(200, dtype=bool)
    without = right.copy()
    without[:10] = False
    found = worth("pool", right, without, answers=50)
    assert found.points == pytest.approx(10)  # 5 points by 50 answers
    assert found.error == pytest.approx(
        200 * np.std(right.astype(float) - without, ddof=1) / 200**0.5
    )


def test_refusals_make_a_source_worth_less() -> None:
    right, without = np.array([True] * 100), np.array([True] * 90 + [False] * 10)
    assert (
        worth("a", right, without, answers=40).points
        > worth("a", right, without, answers=80).points
    )


def test_only_sources_with_answers_enough_and_a_learner_without_them_are_measured() -> None:
    right, asked = np.array([True] * 100), []

    def right_without(source: str) -> np.ndarray | None:
        asked.append(source)
        return None if source == "explore" else ~right

    answered = {"synthesized": LEAST_ANSWERS - 1, "pool": LEAST_ANSWERS, "explore": 50}
    found = worths(list(MIX), answered, right, right_without)

    assert [each.source for each in found] == ["pool"]
    assert asked == ["pool", "explore"]


def test_what_is_worth_more_gets_more() -> None:
    steered = steer(MIX, [of("synthesized", -3), of("pool", 3)])
    assert steered.shares["pool"] > 0.5
    assert steered.shares["synthesized"] < 0.4
    assert "pool +3.0 ± 1.0, synthesized -3.0 ± 1.0" in steered.why


def test_what_is_within_chance_moves_little() -> None:
    near = steer(MIX, [of("synthesized", -0.1), of("pool", 0.1)]).shares
    far = steer(MIX, [of("synthesized", -3), of("pool", 3)]).shares
    assert 0.5 < near["pool"] < 0.54 < far["pool"]


def test_one_worth_alone_moves_nothing() -> None:
    steered = steer(MIX, [of("pool", 9)])
    assert steered.shares == pytest.approx(MIX)
    assert steered.why == ""


def test_a_source_that_is_switched_off_stays_off() -> None:
    steered = steer(
        {**MIX, "synthesized": 0.0}, [of("synthesized", 9), of("pool", 0), of("explore", 0)]
    )
    assert "synthesized" not in steered.shares


points = st.floats(-100, 100)


@given(points, points, points, st.floats(0, 50))
def test_shares_add_up_and_nobody_starves(
    one: float, two: float, three: float, error: float
) -> None:
    worths = [of(source, each, error) for source, each in zip(MIX, (one, two, three), strict=True)]
    shares = steer(MIX, worths).shares
    assert sum(shares.values()) == pytest.approx(1)
    assert min(shares.values()) > LEAST_SHARE / 2
