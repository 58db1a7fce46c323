"""What each source's questions were worth: what the learner would not know without their answers.

A pure rule on counts and right answers. Knows nothing of learners, projects or people.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Source = TypeVar("Source", bound=str)

#: Fewer images to measure on say too little.
LEAST_IMAGES = 100
#: Fewer answers of a source say too little of it.
LEAST_ANSWERS = 10
#: A source gets at most so many times its share, and at least one over that.
MOST_TIMES = 2.0
#: And never less than this, so that it can show that it is worth more again.
LEAST_SHARE = 0.05


@dataclass(frozen=True)
class Worth:
    """Accuracy, in points, that a hundred questions of a source brought, refusals counted."""

    source: str
    #: Answers it rests on, refusals included.
    answers: int
    points: float
    #: Standard error of the points.
    error: float


@dataclass(frozen=True)
class Steered:
    """The shares to go on with, and why."""

    shares: Mapping[str, float]
    why: str


def worth(
    source: str, right: NDArray[np.bool_], right_without: NDArray[np.bool_], *, answers: int
) -> Worth:
    """Compare what two learners judge rightly of the same images (n,): one that knows all answers
    and one that never got those of the source.
    """
    change = right.astype(float) - right_without.astype(float)
    per_hundred = 100 * 100 / answers
    spread = float(change.std(ddof=1)) / len(change) ** 0.5
    return Worth(source, answers, per_hundred * float(change.mean()), per_hundred * spread)


def worths(
    sources: Sequence[Source],
    answered: Mapping[Source, int],
    right: NDArray[np.bool_],
    right_without: Callable[[Source], NDArray[np.bool_] | None],
) -> list[Worth]:
    """Measure each source that has answers enough, if there is a learner without them."""
    found = []
    for source in sources:
        if answered.get(source, 0) < LEAST_ANSWERS:
            continue
        without = right_without(source)
        if without is not None:
            found.append(worth(source, right, without, answers=answered[source]))
    return found


def steer(mix: Mapping[Source, float], worths: Sequence[Worth]) -> Steered:
    """Give more slots to sources that were worth more than the others, fewer to the rest.

    A share doubles or halves where a source is a standard error or more away from the mean of all;
    in between it moves less. Sources without a worth keep their share.
    """
    total = sum(mix.values())
    shares = {str(source): share / total for source, share in mix.items() if share > 0}
    known = [each for each in worths if each.source in shares]
    if len(known) < 2:
        return Steered(shares, "")
    mean = sum(each.points for each in known) / len(known)
    for each in known:
        away = (each.points - mean) / max(each.error, 1e-9)
        shares[each.source] *= math.pow(MOST_TIMES, max(-1.0, min(1.0, away)))
    grown = sum(shares.values())
    shares = {source: max(share / grown, LEAST_SHARE) for source, share in shares.items()}
    grown = sum(shares.values())
    return Steered({source: share / grown for source, share in shares.items()}, _why(known))


def _why(known: Sequence[Worth]) -> str:
    ranked = sorted(known, key=lambda each: -each.points)
    told = ", ".join(f"{each.source} {each.points:+.1f} ± {each.error:.1f}" for each in ranked)
    return f"Points of accuracy that 100 answers were worth, refusals counted: {told}."
