"""What the labels of a query settle on. Pure: answers in, outcome out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.words import Answer, Outcome


@dataclass(frozen=True)
class Settlement:
    """An outcome, with its class where it has one."""

    outcome: Outcome
    class_id: int | None = None


def settle(answers: Sequence[tuple[Answer, int | None]]) -> Settlement:
    """Return what most annotators said, or that no single answer has the most.

    *Unrecognizable* is an answer like any class; skips are none and must be left out.
    """
    votes = Counter(answers).most_common(2)
    if not votes:
        raise ValueError("a query without answers has no outcome")
    if len(votes) == 2 and votes[0][1] == votes[1][1]:
        return Settlement(Outcome.DISPUTED)
    answer, class_id = votes[0][0]
    return Settlement(Outcome(answer.value), class_id)
