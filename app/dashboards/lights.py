"""Three stop lights: advice from the rounds on whether more answers are still worth it.

They never stop anything: a person decides. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from math import sqrt

from app.dashboards import figures
from app.dashboards.curve import Point, change_over, measured
from app.projects.budgets import money

#: The answers that "lately" means, in every light.
LATELY = 100
#: Predictions are stable when at least this share stays, over this many rounds.
_STABLE, _STABLE_ROUNDS = 0.99, 3
#: Shares of refusals that deserve a look, and a pause.
_MANY_REFUSALS, _MOST_REFUSALS = 0.3, 0.6
#: Fewest answers from which a share of refusals is read.
_ANSWERS_TO_JUDGE = 20


class Color(StrEnum):
    """What a light says."""

    #: Not enough is known.
    UNKNOWN = "unknown"
    #: More answers are worth it.
    GO = "go"
    #: Worth a look.
    LOOK = "look"
    #: Consider stopping.
    STOP = "stop"


@dataclass(frozen=True)
class Light:
    """One light: its color, its sentence, and how it is computed."""

    name: str
    color: Color
    sentence: str
    how: str


def lights(points: Sequence[Point], price: Decimal) -> list[Light]:
    """Judge the rounds: predictions, accuracy, worth; a price of 0 means nobody counts money."""
    return [_predictions(points), _accuracy(points), _worth(points, price)]


def _predictions(points: Sequence[Point]) -> Light:
    how = (
        f"Share of predictions that stay the same from round to round; stable is "
        f"{figures.percent(_STABLE, 0)} or more, {_STABLE_ROUNDS} rounds in a row."
    )
    known = [point.agreement for point in points if point.agreement is not None]
    if len(known) < _STABLE_ROUNDS:
        sentence = f"Too early to say: {_STABLE_ROUNDS} rounds must be compared first."
        if not known and len(measured(points)) > _STABLE_ROUNDS:
            sentence = "Not measured: the rounds so far do not say how many predictions changed."
        return Light("Predictions", Color.UNKNOWN, sentence, how)
    recent = known[-_STABLE_ROUNDS:]
    lowest = min(recent)
    if lowest >= _STABLE:
        sentence = f"Stable: at least {figures.percent(lowest)} stayed the same in each round."
        return Light("Predictions", Color.STOP, sentence, how)
    color = Color.LOOK if recent[-1] >= _STABLE else Color.GO
    sentence = f"Still moving: {figures.percent(1 - lowest)} changed in one of the last rounds."
    return Light("Predictions", color, sentence, how)


def _accuracy(points: Sequence[Point]) -> Light:
    how = (
        f"Change of accuracy over the last {LATELY} answers, set against the noise of a holdout "
        f"of this size."
    )
    change = change_over(points, LATELY)
    if change is None:
        sentence = f"Too early to say: it takes {LATELY} answers between two measurements."
        return Light("Accuracy", Color.UNKNOWN, sentence, how)
    moved = f"{figures.points(change.by)} over the last {change.answers} answers"
    noise = _noise(points)
    if change.by > 2 * noise:
        return Light("Accuracy", Color.GO, f"Rising: {moved}.", how)
    if change.by > noise:
        return Light("Accuracy", Color.LOOK, f"Slowing: {moved}.", how)
    if change.by < -2 * noise:
        sentence = f"Falling: {moved}; look at the latest answers."
        return Light("Accuracy", Color.LOOK, sentence, how)
    return Light("Accuracy", Color.STOP, f"Flat: {moved}, within the noise.", how)


def _noise(points: Sequence[Point]) -> float:
    """Estimate one standard deviation of a change on one holdout.

    Both measurements judge the same images, so only images whose verdict flipped count. About a
    third of the wrong ones flip between learners that far apart.
    """
    newest = measured(points)[-1].accuracy
    if newest is None:
        return 0.0
    flipped = max(newest.count - newest.right, 1) / 3
    return sqrt(flipped) / newest.count


def _worth(points: Sequence[Point], price: Decimal) -> Light:
    how = (
        f"Refusals among the last {LATELY} answers, and what those answers bought in accuracy. "
        f"Many refusals mean that synthesis asks what nobody can tell."
    )
    share = _refused_lately(points)
    if share is None:
        sentence = f"Too early to say: fewer than {_ANSWERS_TO_JUDGE} answers so far."
        return Light("Worth", Color.UNKNOWN, sentence, how)
    clauses = [f"{figures.percent(share, 0)} of the latest answers were refusals"]
    clauses += _bought(points, price)
    color = Color.GO if share < _MANY_REFUSALS else Color.LOOK
    if share >= _MOST_REFUSALS:
        color = Color.STOP
        clauses.append("ask for less synthesis")
    return Light("Worth", color, "; ".join(clauses) + ".", how)


def _refused_lately(points: Sequence[Point]) -> float | None:
    ordered = sorted(points, key=lambda point: point.number)
    if not ordered:
        return None
    newest = ordered[-1]
    earlier = [p for p in ordered if p.answers <= newest.answers - LATELY]
    since_answers = earlier[-1].answers if earlier else 0
    since_refused = earlier[-1].refused if earlier else 0
    answers = newest.answers - since_answers
    if answers < _ANSWERS_TO_JUDGE:
        return None
    return max(0.0, (newest.refused - since_refused) / answers)


def _bought(points: Sequence[Point], price: Decimal) -> list[str]:
    change = change_over(points, LATELY)
    if change is None:
        return []
    if change.by <= 0:
        return [f"the last {change.answers} bought no accuracy"]
    answers = change.answers / (change.by * 100)
    if price <= 0:
        return [f"a point of accuracy takes about {figures.rounded(round(answers))} answers"]
    return [f"a point of accuracy costs about {money(round(price * round(answers), 2))}"]
