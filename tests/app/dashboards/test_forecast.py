from collections.abc import Callable

import pytest

from app.dashboards.curve import Point
from app.dashboards.forecast import Verdict, forecast, gain


def _points(law: Callable[[int], float], answers: range, *, count: int = 100_000) -> list[Point]:
    return [
        Point(number, n, right=round(law(n) * count), count=count)
        for number, n in enumerate(answers, 1)
    ]


def _law(n: int) -> float:
    return 0.99 - 0.8 * n**-0.6


def test_a_known_law_is_continued_to_its_target() -> None:
    found = forecast(_points(_law, range(10, 301, 10)), 0.97)
    truth = (0.8 / 0.02) ** (1 / 0.6) - 300
    assert found.verdict is Verdict.EXPECTED
    assert found.answers == pytest.approx(truth, rel=0.15)
    assert found.low is not None
    assert found.low <= found.answers
    assert found.high is None or found.high >= found.answers


def test_the_range_narrows_as_rounds_come_in() -> None:
    truth = (0.8 / 0.02) ** (1 / 0.6)
    short = forecast(_points(_law, range(10, 81, 10), count=1000), 0.97)
    long = forecast(_points(_law, range(10, 301, 10), count=1000), 0.97)
    assert long.low is not None
    assert long.high is not None
    assert long.low <= truth - 300 <= long.high
    assert short.low is None or short.high is None or short.high - short.low > long.high - long.low


@pytest.mark.parametrize(
    "points",
    [
        [],
        [Point(1, 10, right=5, count=10)],
        _points(_law, range(10, 50, 10)),
        _points(_law, range(100, 150, 10)),
        [Point(n, 10, right=5, count=10) for n in range(1, 9)],
        [Point(n, 0, right=5, count=10) for n in range(1, 9)],
    ],
    ids=["none", "one", "four", "close together", "all at one place", "no answers"],
)
def test_it_is_too_early_to_say(points: list[Point]) -> None:
    assert forecast(points, 0.95).verdict is Verdict.EARLY


def test_a_falling_curve_has_no_forecast() -> None:
    points = _points(lambda n: 0.9 - n / 1000, range(10, 200, 10))
    assert forecast(points, 0.95).verdict in (Verdict.EARLY, Verdict.BEYOND)


def test_a_reached_target_is_said_to_be_reached() -> None:
    assert forecast([Point(1, 10, right=96, count=100)], 0.95).verdict is Verdict.REACHED


def test_a_curve_that_levels_off_below_the_target_is_out_of_sight() -> None:
    points = _points(lambda n: 0.9 - 0.8 * n**-1.0, range(10, 600, 10))
    found = forecast(points, 0.98)
    assert found.verdict is Verdict.BEYOND
    assert found.ceiling == pytest.approx(0.9, abs=0.02)


def test_thousands_of_rounds_are_no_slower() -> None:
    points = _points(_law, range(10, 50_001, 10))
    assert forecast(points, 0.9895).verdict is Verdict.EXPECTED


def test_the_gain_of_more_answers_is_what_a_known_law_adds() -> None:
    found = gain(_points(_law, range(10, 301, 10)), 100, cost=4.0)
    assert found is not None
    assert (found.answers, found.cost) == (100, 4.0)
    assert found.expected == pytest.approx(_law(400) - _law(300), rel=0.1)
    assert found.low < found.expected < found.high


def test_what_is_known_better_promises_a_narrower_range() -> None:
    short = gain(_points(_law, range(10, 61, 10)), 100)
    long = gain(_points(_law, range(10, 601, 10)), 100)
    assert short is not None
    assert long is not None
    assert long.high - long.low < short.high - short.low


@pytest.mark.parametrize("points", [[], _points(_law, range(100, 150, 10))])
def test_it_is_too_early_to_promise_a_gain(points: list[Point]) -> None:
    assert gain(points, 100) is None


def test_a_falling_curve_promises_no_gain() -> None:
    points = _points(lambda n: 0.9 - n / 1000, range(10, 200, 10))
    found = gain(points, 100)
    assert found is not None
    assert found.expected < 0.001
