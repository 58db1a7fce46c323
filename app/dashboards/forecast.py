"""How many more answers a target accuracy asks for: an inverse power law fitted to the curve.

Accuracy after n answers is modeled as a - b * n ** -c. The range comes from every curve that fits
nearly as well as the best one, so that it is wide where the rounds so far say little. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from app.dashboards.curve import Point, measured, thin
from models.stopping import Gain

Numbers = NDArray[np.float64]

#: Rounds that a forecast needs, and how far apart their answers must lie.
_ROUNDS_NEEDED = 5
_SPREAD_NEEDED = 2.0
#: A forecast farther away than this many times the answers so far is no forecast.
_REACH = 50
#: Curves whose squared error exceeds the best by less than this many variances are plausible
#: (the 95 % quantile of chi-squared with three degrees of freedom).
_PLAUSIBLE = 7.81
#: No curve is known better than this, however well it fits.
_LEAST_NOISE = 0.002
#: More rounds than this say nothing more, and take longer.
_ROUNDS_USED = 200
_EXPONENTS = np.geomspace(0.05, 2.5, 60)
_CEILINGS = np.linspace(0.5, 1.0, 101)


class Verdict(StrEnum):
    """What can be said about a target."""

    #: Too few rounds, or too close together.
    EARLY = "early"
    #: The newest accuracy is there already.
    REACHED = "reached"
    #: So many more answers.
    EXPECTED = "expected"
    #: The curve levels off below it, as far as anybody can see.
    BEYOND = "beyond"


@dataclass(frozen=True)
class Forecast:
    """Answers still needed to a target; `high` is None where plausible curves never reach it."""

    target: float
    verdict: Verdict
    answers: int | None = None
    low: int | None = None
    high: int | None = None
    #: Where the best curve levels off.
    ceiling: float | None = None


@dataclass(frozen=True)
class _Curves:
    """The best curve and all plausible ones, as rows (a, b, c), up to so many answers."""

    best: Numbers
    plausible: Numbers
    newest: float


def forecast(points: Sequence[Point], target: float) -> Forecast:
    """Say how many more answers a target needs, or that it is too early or out of reach."""
    known = measured(points)
    if known and known[-1].accuracy and known[-1].accuracy.value >= target:
        return Forecast(target, Verdict.REACHED)
    curves = _curves(known)
    if curves is None or not len(curves.plausible):
        return Forecast(target, Verdict.EARLY)
    return _judge(target, curves.best, curves.plausible, newest=curves.newest)


def gain(points: Sequence[Point], answers: int, *, cost: float | None = None) -> Gain | None:
    """Say what so many more answers would add to the accuracy; None while it is too early.

    A curve that no rising law fits is expected to stay where it is.
    """
    curves = _curves(measured(points))
    if curves is None:
        return None
    if not len(curves.plausible):
        return Gain(answers, 0.0, 0.0, 0.0, cost)
    every = _added(curves.plausible, curves.newest, answers)
    expected = float(_added(curves.best[None], curves.newest, answers)[0])
    return Gain(answers, expected, float(every.min()), float(every.max()), cost)


def _added(curves: Numbers, newest: float, answers: int) -> Numbers:
    """Say how far each curve (n, 3) rises over the next answers, (n,)."""
    _, drops, exponents = curves.T
    added: Numbers = drops * (newest**-exponents - (newest + answers) ** -exponents)
    return added


def _curves(known: Sequence[Point]) -> _Curves | None:
    """Fit the curve; None while there are too few rounds, or they lie too close together."""
    answers, accuracies, weights = _columns(thin(known, _ROUNDS_USED))
    if len(answers) < _ROUNDS_NEEDED or answers.max() < _SPREAD_NEEDED * answers.min():
        return None
    curves, errors = _fits(answers, accuracies, weights)
    newest = float(answers.max())
    if not len(curves):
        return _Curves(np.zeros(3), curves, newest)
    best = int(errors.argmin())
    variance = max(float(errors[best]) / max(len(answers) - 3, 1), _LEAST_NOISE**2)
    plausible = curves[errors <= errors[best] + _PLAUSIBLE * variance]
    return _Curves(curves[best], plausible, newest)


def _columns(known: Sequence[Point]) -> tuple[Numbers, Numbers, Numbers]:
    rows = [(p.answers, p.accuracy.value) for p in known if p.accuracy and p.answers > 0]
    table = np.array(rows, dtype=np.float64).reshape(-1, 2)
    # Later rounds weigh more: the law holds for the long run, not for the first few answers.
    weights = np.sqrt(table[:, 0] / table[:, 0].max()) if len(table) else np.zeros(0)
    return table[:, 0], table[:, 1], weights


def _fits(answers: Numbers, accuracies: Numbers, weights: Numbers) -> tuple[Numbers, Numbers]:
    """Fit b for each exponent and many ceilings; keep the rising curves that stay below 1.

    Curves are rows (a, b, c); errors are their weighted sums of squares.
    """
    curves, errors = [], []
    for exponent in _EXPONENTS:
        fall = answers**-exponent
        ceilings = np.array([*_CEILINGS, *_free_ceiling(fall, accuracies, weights)])
        gaps = ceilings[:, None] - accuracies  # (ceilings, rounds)
        drops = (gaps * fall) @ weights / (weights @ fall**2)
        residuals = gaps - drops[:, None] * fall
        rising = (drops > 0) & (ceilings > 0) & (ceilings <= 1)
        exponents = np.full_like(ceilings, exponent)
        curves.append(np.stack([ceilings, drops, exponents], axis=1)[rising])
        errors.append((residuals**2 @ weights)[rising])
    return np.concatenate(curves), np.concatenate(errors)


def _free_ceiling(fall: Numbers, accuracies: Numbers, weights: Numbers) -> tuple[float, ...]:
    """Find the ceiling of the best line through (fall, accuracy)."""
    total = weights.sum()
    middle_fall, middle = weights @ fall / total, weights @ accuracies / total
    spread = weights @ (fall - middle_fall) ** 2
    if spread <= 0:
        return ()
    slope = weights @ ((fall - middle_fall) * (accuracies - middle)) / spread
    return (float(middle - slope * middle_fall),)


def _judge(target: float, best: Numbers, plausible: Numbers, *, newest: float) -> Forecast:
    furthest = newest * _REACH
    needed = _needed(best.reshape(1, 3), target)[0]
    every = _needed(plausible, target)
    ceiling = float(best[0])
    if every.min() > furthest:
        return Forecast(target, Verdict.BEYOND, ceiling=ceiling)
    more = [_more(value, newest, furthest) for value in (needed, every.min(), every.max())]
    if more[0] is None:
        return Forecast(target, Verdict.BEYOND, low=more[1], ceiling=ceiling)
    return Forecast(target, Verdict.EXPECTED, more[0], more[1], more[2], ceiling)


def _needed(curves: Numbers, target: float) -> Numbers:
    """Solve a - b * n ** -c = target for n; infinite where the curve never gets there."""
    gap = curves[:, 0] - target
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        needed = (curves[:, 1] / gap) ** (1 / curves[:, 2])
    reached: Numbers = np.where(gap > 0, needed, np.inf)
    return reached


def _more(needed: float, newest: float, furthest: float) -> int | None:
    return None if needed > furthest else max(1, round(needed - newest))
