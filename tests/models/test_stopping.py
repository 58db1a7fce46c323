"""When to stop asking: kappa, change, the forecast's range, and a generator that runs dry."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from models.stopping import Agreement, Gain, Says, Yield, advise, agreement

STABLE = [Agreement(0.995, 0.002, 500)] * 3
MOVING = [Agreement(0.9, 0.05, 500)] * 3


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=60))
def test_kappa_is_cohen_s(pairs: list[tuple[int, int]]) -> None:
    before, now = np.array(pairs).T
    found = agreement(before, now)
    if len({*before, *now}) > 1:
        assert found.kappa == pytest.approx(cohen_kappa_score(before, now), abs=1e-9)
    assert found.changed == pytest.approx(np.mean(before != now))
    assert found.images == len(pairs)


def test_two_learners_that_name_one_class_throughout_agree() -> None:
    assert agreement(np.full(9, 7), np.full(9, 7)) == Agreement(1.0, 0.0, 9)


@pytest.mark.parametrize("sizes", [(0, 0), (2, 3)])
def test_other_images_cannot_be_compared(sizes: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="the same images"):
        agreement(*(np.zeros(each, np.int64) for each in sizes))


@pytest.mark.parametrize(
    ("agreements", "stop"),
    [
        ([], False),
        (STABLE[:2], False),
        (STABLE, True),
        (MOVING, False),
        ([*MOVING, *STABLE], True),
        ([*STABLE, *MOVING], False),
        # One class in twenty: few images change, and kappa falls nevertheless.
        ([Agreement(0.95, 0.004, 500)] * 3, True),
        ([Agreement(1.0, 0.0, 20)] * 3, False),
        ([Agreement(0.97, 0.01, 500), *STABLE[:2]], False),
    ],
)
def test_stable_predictions_advise_to_stop(agreements: list[Agreement], stop: bool) -> None:
    assert advise(agreements).stop is stop


@pytest.mark.parametrize(
    ("agreements", "gain", "stop"),
    [
        # Even hope is not worth it.
        (MOVING, Gain(100, 0.0005, 0.0, 0.001), True),
        # Stable, but answers are sure to pay.
        (STABLE, Gain(100, 0.01, 0.005, 0.02), False),
        # Stable, and the forecast does not know.
        (STABLE, Gain(100, 0.001, 0.0, 0.02), True),
        (MOVING, Gain(100, 0.001, 0.0, 0.02), False),
        # The same gain from ten times the answers is less.
        (MOVING, Gain(1000, 0.0005, 0.0, 0.015), True),
    ],
)
def test_the_forecast_has_the_last_word(
    agreements: list[Agreement], gain: Gain, stop: bool
) -> None:
    assert advise(agreements, gain=gain).stop is stop


@pytest.mark.parametrize(
    ("agreements", "says"),
    [
        (STABLE[:2], Says.UNKNOWN),
        (MOVING, Says.GO),
        ([*MOVING[:2], STABLE[0]], Says.LOOK),
        (STABLE, Says.STOP),
    ],
)
def test_one_calm_round_after_others_is_worth_a_look(
    agreements: list[Agreement], says: Says
) -> None:
    assert advise(agreements).predictions.says is says


@pytest.mark.parametrize(
    ("gain", "says"),
    [
        (None, Says.UNKNOWN),
        (Gain(100, 0.01, 0.005, 0.02), Says.GO),
        (Gain(100, 0.01, 0.001, 0.02), Says.LOOK),
        (Gain(100, 0.0005, 0.0, 0.001), Says.STOP),
    ],
)
def test_answers_are_worth_it_when_even_the_low_end_pays(gain: Gain | None, says: Says) -> None:
    assert advise(gain=gain).worth.says is says


def test_reasons_are_sentences_with_their_figures() -> None:
    yields = [Yield(100, 80)] * 3 + [Yield(100, 30)] * 3
    gain = Gain(100, 0.004, 0.001, 0.01, cost=12.0)
    assert advise(STABLE, gain=gain, yields=yields).reasons == (
        "Predictions are stable: over the last 3 rounds kappa is 0.995, and at most 0.2 % of 500 "
        "real images changed class.",
        "100 more answers are expected to add 0.40 points of accuracy (0.10 to 1.00) for 12.00, "
        "30.00 a point.",
        "The generator still has something to show: 30 % of what it imagined lately was fit to be "
        "asked and named, 80 % at first.",
    )


def test_without_an_expected_gain_no_point_has_a_price() -> None:
    told = advise(STABLE, gain=Gain(100, 0.0, -0.01, 0.01, cost=12.0)).worth.sentence
    assert told.endswith("for 12.00.")


@pytest.mark.parametrize(
    ("usable", "says"),
    [
        ([80, 80, 80, 10, 10, 10], Says.STOP),
        ([80, 80, 80, 50, 50, 50], Says.GO),
        # Poor from the start is not exhausted.
        ([10, 10, 10, 20, 20, 20], Says.LOOK),
        ([80, 80, 10, 10, 10], Says.UNKNOWN),
    ],
)
def test_a_generator_with_nothing_new_is_told_and_does_not_stop_labeling(
    usable: list[int], says: Says
) -> None:
    advice = advise(MOVING, yields=[Yield(100, each) for each in usable])
    assert advice.supply.says is says
    assert advice.exhausted is (says is Says.STOP)
    assert not advice.stop


def test_rounds_without_synthesis_say_nothing_of_the_generator() -> None:
    assert advise(yields=[Yield(0, 0)] * 9).supply.says is Says.UNKNOWN
