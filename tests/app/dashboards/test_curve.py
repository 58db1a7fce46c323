import pytest

from app.dashboards.curve import Accuracy, Point, change_over, measured, thin


@pytest.mark.parametrize(
    ("right", "count", "low", "high"),
    [
        (50, 100, 0.4038, 0.5962),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (558, 600, 0.9068, 0.9478),
        (1, 1, 0.2065, 1.0),
    ],
)
def test_the_interval_is_wilsons(right: int, count: int, low: float, high: float) -> None:
    assert Accuracy(right, count).interval == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(
    "point", [Point(1, 0), Point(1, 0, right=3), Point(1, 0, right=0, count=0)]
)
def test_a_round_without_a_holdout_has_no_accuracy(point: Point) -> None:
    assert point.accuracy is None
    assert measured([point]) == []


def test_change_compares_with_the_round_at_least_so_many_answers_ago() -> None:
    points = [Point(n, n * 40, right=50 + n, count=100) for n in range(1, 6)]
    change = change_over(points, 100)
    assert change is not None
    assert change.answers == 120
    assert change.by == pytest.approx(0.03)


def test_there_is_no_change_before_there_are_that_many_answers() -> None:
    assert change_over([], 100) is None
    assert change_over([Point(1, 0, right=5, count=9), Point(2, 99, right=6, count=9)], 100) is None


def test_thinning_keeps_the_first_and_the_newest_round() -> None:
    points = [Point(n, n) for n in range(1, 1001)]
    kept = thin(points, 40)
    assert len(kept) == 40
    assert (kept[0].number, kept[-1].number) == (1, 1000)
    assert thin(points[:3], 40) == points[:3]
