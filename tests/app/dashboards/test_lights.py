from collections.abc import Sequence
from decimal import Decimal

import pytest

from app.dashboards.curve import Point
from app.dashboards.lights import Color, Light, lights

FREE = Decimal(0)


def _light(name: str, points: Sequence[Point], price: Decimal = FREE) -> Light:
    return next(light for light in lights(points, price) if light.name == name)


def _agreeing(*agreement: float | None) -> list[Point]:
    return [Point(n, n * 10, agreement=each) for n, each in enumerate(agreement, 1)]


@pytest.mark.parametrize(
    ("agreement", "color"),
    [
        ((), Color.UNKNOWN),
        ((None, 0.999, 0.999), Color.UNKNOWN),
        ((0.5, 0.992, 0.995, 0.999), Color.STOP),
        ((0.999, 0.999, 0.9), Color.GO),
        ((0.999, 0.9, 0.995), Color.LOOK),
    ],
)
def test_predictions_are_stable_after_three_still_rounds(
    agreement: tuple[float | None, ...], color: Color
) -> None:
    assert _light("Predictions", _agreeing(*agreement)).color is color


def _rights(*right: int) -> list[Point]:
    return [Point(n, n * 100, right=each, count=1000) for n, each in enumerate(right, 1)]


@pytest.mark.parametrize(
    ("points", "color"),
    [
        ([], Color.UNKNOWN),
        (_rights(900), Color.UNKNOWN),
        (_rights(900, 950), Color.GO),
        (_rights(900, 908), Color.LOOK),
        (_rights(900, 901), Color.STOP),
        (_rights(900, 899), Color.STOP),
        (_rights(900, 850), Color.LOOK),
        (_rights(1000, 1000), Color.STOP),
    ],
)
def test_accuracy_is_flat_when_it_moved_less_than_its_noise(
    points: list[Point], color: Color
) -> None:
    assert _light("Accuracy", points).color is color


@pytest.mark.parametrize(
    ("refused", "color"), [(0, Color.GO), (29, Color.GO), (30, Color.LOOK), (60, Color.STOP)]
)
def test_many_refusals_deserve_a_look(refused: int, color: Color) -> None:
    points = [Point(1, 100, refused=50), Point(2, 200, refused=50 + refused)]
    assert _light("Worth", points).color is color


def test_few_answers_say_nothing_about_refusals() -> None:
    assert _light("Worth", [Point(1, 0), Point(2, 19, refused=19)]).color is Color.UNKNOWN


@pytest.mark.parametrize(
    ("right", "price", "says"),
    [
        (920, FREE, "a point of accuracy takes about 50 answers"),
        (920, Decimal("0.04"), "a point of accuracy costs about 2.00"),
        (900, Decimal("0.04"), "the last 100 bought no accuracy"),
    ],
)
def test_the_price_of_a_point_is_said(right: int, price: Decimal, says: str) -> None:
    assert says in _light("Worth", _rights(900, right), price).sentence


def test_every_light_is_one_sentence_and_explains_itself() -> None:
    for points in ([], _rights(900, 901), _agreeing(0.9, 0.9, 0.9)):
        for light in lights(points, FREE):
            assert light.sentence.endswith(".")
            assert light.how
