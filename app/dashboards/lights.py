"""Three stop lights: advice from the rounds on whether more answers are still worth it.

They say what `models.stopping` says, in its words, and never stop anything: a person decides. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.dashboards.curve import Point
from app.dashboards.forecast import gain
from models.stopping import Advice, Gain, Limits, Says, Sign, Yield, advise

#: The answers that "lately" means in the figures, and how far ahead the lights look.
LATELY = 100
#: What the search tells of candidates that it holds back.
_HELD_BACK = ("near_asked", "refused", "rare")
_LIMITS = Limits()
_HOW = {
    "Predictions": (
        "Cohen's kappa of what two successive learners say about the same real images, and the "
        f"share of images they judge otherwise. Stable is a mean kappa of {_LIMITS.kappa}, or at "
        f"most {100 * _LIMITS.changed:.1f} % changed, over {_LIMITS.rounds} rounds."
    ),
    "Worth": (
        f"What the forecast expects of {LATELY} more answers, with the range of all curves that "
        "fit nearly as well. Worth it is "
        f"{100 * _LIMITS.gain:.1f} points of accuracy per 100 answers even at the low end; not "
        "worth it is less than that even at the high end."
    ),
    "Generator": (
        "Of the images that synthesis imagined in its first and its last "
        f"{_LIMITS.rounds} rounds, the share that was neither held back as asked before, unlikely "
        "to be named or rare, nor refused by people. Below "
        f"{100 * _LIMITS.usable:.0f} %, and less than at first, it has run dry."
    ),
}


@dataclass(frozen=True)
class Light:
    """One light: its color, its sentence, and how it is computed."""

    name: str
    color: Says
    sentence: str
    how: str


def judge(points: Sequence[Point], price: Decimal, yields: Sequence[Yield] = ()) -> Advice:
    """Weigh the rounds so far; a price of 0 means nobody counts money."""
    compared = [point.agreement for point in points if point.agreement is not None]
    return advise(compared, gain=_gain(points, price), yields=yields)


def lights(advice: Advice) -> list[Light]:
    """Show the signs: predictions, worth, and what synthesis still brings."""
    signs: Mapping[str, Sign] = {
        "Predictions": advice.predictions,
        "Worth": advice.worth,
        "Generator": advice.supply,
    }
    return [Light(name, sign.says, sign.sentence, _HOW[name]) for name, sign in signs.items()]


def verdict(advice: Advice) -> str:
    """Say what the signs come to together."""
    if advice.stop:
        return "All in all: consider stopping. Nothing stops by itself."
    if advice.predictions.says is Says.UNKNOWN and advice.worth.says is Says.UNKNOWN:
        return "All in all: too early to say. Go on asking."
    return "All in all: go on asking."


def harvest(searched: Mapping[str, int], *, named: int, refused: int) -> Yield:
    """Read one round's synthesis: what its search told, and what people made of the images."""
    candidates = searched.get("starts", named + refused)
    passed = candidates - sum(searched.get(sieve, 0) for sieve in _HELD_BACK)
    answered = named + refused
    kept = named / answered if answered else 1.0
    return Yield(candidates, round(max(passed, 0) * kept))


def _gain(points: Sequence[Point], price: Decimal) -> Gain | None:
    cost = float(price * LATELY) if price > 0 else None
    return gain(points, LATELY, cost=cost)
