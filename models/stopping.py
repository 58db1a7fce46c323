"""Stopping: when more answers are not worth asking for. Advice only; people decide.

Four signs: predictions on real images that no longer change (stabilizing predictions, Bloodgood and
Vijay-Shanker 2009; classification change, Zhu, Wang and Hovy 2008), a forecast gain
that even a hopeful reading puts below what it costs, and a generator that has little new to show.
Pure: values in, values out. Knows nothing of learners, rounds or people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

#: Class indices, or any whole numbers that stand for classes, (n,).
Predictions = NDArray[np.int64]


@dataclass(frozen=True)
class Agreement:
    """How alike two successive learners judge the same real images."""

    #: Cohen's kappa: 1 is the same, 0 is what chance gives.
    kappa: float
    #: Share of the images judged otherwise than before, in [0, 1].
    changed: float
    images: int


@dataclass(frozen=True)
class Gain:
    """What so many more answers are expected to add to the accuracy, with a plausible range."""

    answers: int
    expected: float
    low: float
    high: float
    #: What they cost, in the project's money; None where answers are free.
    cost: float | None = None


@dataclass(frozen=True)
class Yield:
    """What one round's synthesis came to: candidates found, and those fit to be asked.

    The others were held back as too near to something asked or as unlikely to be named, or were
    asked and refused.
    """

    candidates: int
    usable: int


@dataclass(frozen=True)
class Limits:
    """Where the signs turn. The first two are Bloodgood and Vijay-Shanker's; the others guesses."""

    #: Mean kappa of the last `rounds` from which on predictions count as stable.
    kappa: float = 0.99
    rounds: int = 3
    #: Share of images judged otherwise, in each of the last `rounds`, below which nothing changes.
    changed: float = 0.005
    #: Fewer images say too little.
    images: int = 50
    #: Gain in accuracy per 100 answers that is worth asking for.
    gain: float = 0.002
    #: Share of candidates still usable below which a generator is exhausted, if it has fallen.
    usable: float = 0.25


class Says(StrEnum):
    """What one sign says."""

    #: Not enough is known.
    UNKNOWN = "unknown"
    #: More answers are worth it.
    GO = "go"
    #: Worth a look.
    LOOK = "look"
    #: Consider stopping.
    STOP = "stop"


@dataclass(frozen=True)
class Sign:
    """One sign, and the sentence that it says."""

    says: Says
    sentence: str


@dataclass(frozen=True)
class Advice:
    """Whether to stop, and the signs that speak for and against it."""

    stop: bool
    #: Whether learners still change their minds about real images.
    predictions: Sign
    #: Whether more answers are worth what they cost.
    worth: Sign
    #: Whether the generator still has something to show.
    supply: Sign

    @property
    def reasons(self) -> tuple[str, ...]:
        """What each sign says."""
        return (self.predictions.sentence, self.worth.sentence, self.supply.sentence)

    @property
    def exhausted(self) -> bool:
        """Whether synthesis, rather than labeling as such, has run dry."""
        return self.supply.says is Says.STOP


def agreement(before: Predictions, now: Predictions) -> Agreement:
    """Compare the predictions of two learners on the same images, (n,) each.

    Raises `ValueError` unless there are as many of the one as of the other, and some.
    """
    if len(before) != len(now) or not len(now):
        raise ValueError("Compare two learners on the same images, and on one at least.")
    classes, columns = np.unique(np.concatenate([before, now]), return_inverse=True)
    shares = [np.bincount(each, minlength=len(classes)) / len(now) for each in np.split(columns, 2)]
    same, by_chance = float(np.mean(before == now)), float(shares[0] @ shares[1])
    # Where both name one class throughout, chance explains everything, and they do agree.
    kappa = 1.0 if by_chance >= 1 else (same - by_chance) / (1 - by_chance)
    return Agreement(kappa, 1 - same, len(now))


def advise(
    agreements: Sequence[Agreement] = (),
    *,
    gain: Gain | None = None,
    yields: Sequence[Yield] = (),
    limits: Limits | None = None,
) -> Advice:
    """Weigh the signs of all rounds so far, the newest last.

    Advises to stop when even the hopeful end of the forecast is not worth its answers; or, where
    the forecast does not deny it, when predictions are stable or nothing changes any more.
    """
    limits = limits or Limits()
    predictions = _predictions(agreements[-limits.rounds :], limits)
    worth = _worth(gain, limits)
    stable = predictions.says is Says.STOP
    stop = worth.says is Says.STOP or (stable and worth.says is not Says.GO)
    return Advice(stop, predictions, worth, _supply(yields, limits))


def _predictions(recent: Sequence[Agreement], limits: Limits) -> Sign:
    if len(recent) < limits.rounds:
        return Sign(Says.UNKNOWN, f"Too early: {limits.rounds} comparisons of learners are needed.")
    fewest = min(each.images for each in recent)
    if fewest < limits.images:
        return Sign(
            Says.UNKNOWN,
            f"{fewest} images are too few to see whether predictions settle; "
            f"{limits.images} are needed.",
        )
    kappa = sum(each.kappa for each in recent) / len(recent)
    changed = max(each.changed for each in recent)
    if stable := kappa >= limits.kappa or changed <= limits.changed:
        says = Says.STOP
    else:
        newest = recent[-1]
        calm = newest.kappa >= limits.kappa or newest.changed <= limits.changed
        says = Says.LOOK if calm else Says.GO
    told = "Predictions are stable" if stable else "Predictions still change"
    return Sign(
        says,
        f"{told}: over the last {len(recent)} rounds kappa is {kappa:.3f}, and at most "
        f"{100 * changed:.1f} % of {fewest:,} real images changed class.",
    )


def _worth(gain: Gain | None, limits: Limits) -> Sign:
    """Say whether more answers are worth it even at the worst, not even at the best, or perhaps."""
    if gain is None:
        return Sign(Says.UNKNOWN, "Too early: the curve does not say what more answers would add.")
    wanted = limits.gain * gain.answers / 100
    told = (
        f"{gain.answers} more answers are expected to add {100 * gain.expected:.2f} points of "
        f"accuracy ({100 * gain.low:.2f} to {100 * gain.high:.2f})"
    )
    if gain.cost is not None:
        told += f" for {gain.cost:.2f}"
        if gain.expected > 0:
            told += f", {gain.cost / (100 * gain.expected):.2f} a point"
    if gain.high < wanted:
        return Sign(Says.STOP, f"{told}.")
    return Sign(Says.GO if gain.low >= wanted else Says.LOOK, f"{told}.")


def _supply(yields: Sequence[Yield], limits: Limits) -> Sign:
    known = [each for each in yields if each.candidates]
    needed = 2 * limits.rounds
    if len(known) < needed:
        return Sign(Says.UNKNOWN, f"Too early: {needed} rounds with imagined images are needed.")
    first, last = _usable(known[: limits.rounds]), _usable(known[-limits.rounds :])
    shares = (
        f"{100 * last:.0f} % of what it imagined lately was fit to be asked and named, "
        f"{100 * first:.0f} % at first"
    )
    if last >= limits.usable:
        return Sign(Says.GO, f"The generator still has something to show: {shares}.")
    if last >= first:
        return Sign(Says.LOOK, f"The generator never had much to show: {shares}.")
    return Sign(
        Says.STOP,
        f"The generator has little new to show: {shares}. Ask about real images instead.",
    )


def _usable(yields: Sequence[Yield]) -> float:
    return sum(each.usable for each in yields) / sum(each.candidates for each in yields)
