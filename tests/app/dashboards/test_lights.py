from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest

from app.dashboards import lights
from app.dashboards.curve import Point
from models.stopping import Agreement, Says, Yield, advise

FREE = Decimal(0)
STABLE, MOVING = Agreement(0.995, 0.002, 500), Agreement(0.9, 0.05, 500)


def _law(n: int) -> float:
    return 0.99 - 0.8 * n**-0.6


def _points(*, rounds: int = 0, agreements: Sequence[Agreement] = ()) -> list[Point]:
    told = [None] * max(rounds - len(agreements), 0) + list(agreements)
    return [
        Point(n, 10 * n, right=round(_law(10 * n) * 10_000), count=10_000, agreement=each)
        for n, each in enumerate(told, 1)
    ]


def test_the_lights_say_what_the_stopping_rule_says_and_nothing_else() -> None:
    points = _points(rounds=30, agreements=[MOVING, STABLE, STABLE, STABLE])
    yields = [Yield(100, 80)] * 3 + [Yield(100, 10)] * 3
    advice = lights.judge(points, FREE, yields)
    shown = {light.name: (light.color, light.sentence) for light in lights.lights(advice)}
    rule = advise([MOVING, STABLE, STABLE, STABLE], gain=lights._gain(points, FREE), yields=yields)
    assert list(shown) == ["Predictions", "Worth", "Generator"]
    assert [sentence for _, sentence in shown.values()] == list(rule.reasons)
    assert [shown[name][0] for name in ("Predictions", "Generator")] == [Says.STOP, Says.STOP]


def test_rounds_that_were_not_compared_say_nothing() -> None:
    advice = lights.judge(_points(rounds=5, agreements=[STABLE, STABLE]), FREE)
    assert advice.predictions.says is Says.UNKNOWN


def test_the_price_of_the_next_answers_is_said_with_its_range() -> None:
    told = lights.judge(_points(rounds=10), Decimal("0.04")).worth.sentence
    assert told.startswith("100 more answers are expected to add ")
    assert "for 4.00, " in told
    assert " to " in told
    assert "4.00" not in lights.judge(_points(rounds=10), FREE).worth.sentence


def test_a_curve_that_still_climbs_is_worth_its_answers() -> None:
    assert lights.judge(_points(rounds=8), FREE).worth.says is Says.GO
    assert lights.judge(_points(rounds=500), FREE).worth.says is Says.STOP


@pytest.mark.parametrize(
    ("searched", "named", "refused", "found"),
    [
        ({"starts": 100, "near_asked": 10, "refused": 20, "rare": 5}, 4, 0, Yield(100, 65)),
        ({"starts": 100, "near_asked": 10, "refused": 20, "rare": 5}, 1, 3, Yield(100, 16)),
        # Nobody has answered yet.
        ({"starts": 100}, 0, 0, Yield(100, 100)),
        # A search that tells nothing is known by what people made of its images.
        ({}, 3, 1, Yield(4, 3)),
        ({}, 0, 0, Yield(0, 0)),
    ],
)
def test_what_was_held_back_or_refused_was_no_use(
    searched: Mapping[str, int], named: int, refused: int, found: Yield
) -> None:
    assert lights.harvest(searched, named=named, refused=refused) == found


@pytest.mark.parametrize(
    ("points", "says"),
    [
        ([], "too early"),
        (_points(rounds=8, agreements=[MOVING] * 3), "go on asking"),
        (_points(rounds=500, agreements=[STABLE] * 3), "consider stopping"),
    ],
)
def test_all_signs_together_are_one_sentence(points: list[Point], says: str) -> None:
    assert says in lights.verdict(lights.judge(points, FREE))


def test_every_light_is_a_sentence_and_explains_itself() -> None:
    for points in ([], _points(rounds=20), _points(rounds=4, agreements=[MOVING] * 3)):
        for light in lights.lights(lights.judge(points, FREE)):
            assert light.sentence.endswith(".")
            assert light.how
