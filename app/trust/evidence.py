"""What speaks for and against an annotator, and what follows from it.

Pure rules over counts. Three kinds of checked answers count alike: on gold, on repeats, and beside
others' answers to the same query. Somebody is unreliable whose checked answers are wrong so much
more often than everybody else's that chance hardly explains it. Knows nothing of tables or pages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import comb, log

#: An answer as it is compared: its kind, and its class where it has one.
Said = tuple[str, int | None]
#: The answers to one query, by person.
Votes = Mapping[int, Said]

#: Fewer checked answers say nothing.
FEWEST_CHECKED = 8
#: How rarely chance alone may do what an unreliable person did. Found by simulation, see
#: `tests/app/trust/test_evidence.py`: looked at again and again, good people stay unflagged.
SIGNIFICANT = 0.01
#: The rate of wrong answers must be this much above everybody else's.
CLEARLY_WORSE = 0.1
#: What an unreliable person's answers count at least: never nothing.
LEAST_WEIGHT = 0.1
#: How often weights and agreement are worked out from each other.
_PASSES = 3


class Doubt(StrEnum):
    """What a lead should know about an annotator."""

    NONE = ""
    #: Wrong far more often than the others.
    UNRELIABLE = "unreliable"


@dataclass(frozen=True)
class Evidence:
    """One person's checked answers: how many there are, and how many were as expected."""

    gold: int = 0
    gold_right: int = 0
    repeats: int = 0
    repeats_same: int = 0
    #: Beside others' answers to the same query.
    compared: int = 0
    agreed: int = 0

    @property
    def checked(self) -> int:
        """Answers that something speaks for or against."""
        return self.gold + self.repeats + self.compared

    @property
    def wrong(self) -> int:
        """Checked answers that were not as expected."""
        return self.checked - self.gold_right - self.repeats_same - self.agreed


@dataclass(frozen=True)
class Finding:
    """What follows from a person's evidence."""

    evidence: Evidence
    weight: float = 1.0
    warning: Doubt = Doubt.NONE
    #: Share of wrong answers among everybody else's checked ones.
    others_wrong: float = 0.0


def assess(
    alone: Mapping[int, Evidence], queries: Sequence[Votes], *, answers: int
) -> dict[int, Finding]:
    """Judge everybody: `alone` is what gold and repeats say, `queries` what several people said.

    `answers` is how many different ones there are. Whoever is found unreliable is no
    measure of others any more, so that one bad annotator does not make good ones look bad.
    """
    people = set(alone) | {user_id for votes in queries for user_id in votes}
    weights = dict.fromkeys(people, 1.0)
    found: dict[int, Finding] = {}
    for _ in range(_PASSES):
        evidence = _with_agreement(alone, queries, weights)
        found = {each: _finding(each, evidence, weights, answers=answers) for each in people}
        weights = {each: finding.weight for each, finding in found.items()}
    return found


def _with_agreement(
    alone: Mapping[int, Evidence], queries: Sequence[Votes], weights: Mapping[int, float]
) -> dict[int, Evidence]:
    counts = {each: [0, 0] for each in weights}
    beside: dict[int, set[int]] = {each: set() for each in weights}
    for votes in queries:
        for user_id, said in votes.items():
            others = {u: v for u, v in votes.items() if u != user_id and weights[u] == 1.0}
            right = _leading(list(others.values()))
            if right is not None:
                counts[user_id][0] += 1
                counts[user_id][1] += said == right
                beside[user_id] |= others.keys()
    return {
        each: replace(alone.get(each, Evidence()), compared=compared, agreed=agreed)
        # Of two who were only ever compared with each other, nobody knows who is wrong.
        if len(beside[each]) > 1
        else alone.get(each, Evidence())
        for each, (compared, agreed) in counts.items()
    }


def _leading(votes: Sequence[Said]) -> Said | None:
    """Return what most said, or None where nothing leads."""
    ranked = Counter(votes).most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]


def _finding(
    user_id: int, evidence: Mapping[int, Evidence], weights: Mapping[int, float], *, answers: int
) -> Finding:
    """Compare one person with everybody else who is not found unreliable."""
    own = evidence[user_id]
    others = [e for each, e in evidence.items() if each != user_id and weights[each] == 1.0]
    checked, wrong = sum(e.checked for e in others), sum(e.wrong for e in others)
    usual = (wrong + 1) / (checked + 10)  # As if one of ten more answers had been wrong.
    if not _unreliable(own, usual):
        return Finding(own, others_wrong=usual)
    weight = _weight(own, usual, answers=answers)
    return Finding(own, weight=weight, warning=Doubt.UNRELIABLE, others_wrong=usual)


def _unreliable(own: Evidence, usual: float) -> bool:
    if own.checked < FEWEST_CHECKED or own.wrong / own.checked < usual + CLEARLY_WORSE:
        return False
    return at_least(own.wrong, own.checked, usual) < SIGNIFICANT


def at_least(wrong: int, checked: int, rate: float) -> float:
    """Return the chance of so many wrong answers, or more, where each is wrong at a rate."""
    return sum(
        comb(checked, k) * rate**k * (1 - rate) ** (checked - k) for k in range(wrong, checked + 1)
    )


def _weight(own: Evidence, usual: float, *, answers: int) -> float:
    """Weigh a person's answer against others' by its log odds of being right (Nitzan and Paroush
    1982); an answer that is no better than a guess counts `LEAST_WEIGHT`.
    """
    right = 1 - (own.wrong + 1) / (own.checked + 2)
    weight = _log_odds(right, answers) / _log_odds(1 - usual, answers)
    return round(min(1.0, max(LEAST_WEIGHT, weight)), 3)


def _log_odds(right: float, answers: int) -> float:
    right = min(max(right, 0.001), 0.999)
    return max(log(right * max(answers - 1, 1) / (1 - right)), 0.001)
