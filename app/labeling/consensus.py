"""What the labels of a query settle on, and whether somebody else is asked first.

Pure: answers in, outcome out. A disagreement is never decided by chance: where nothing leads, more
people are asked, or the query is disputed and a lead decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.words import Answer, Outcome

#: An answer, and its class where it has one.
Said = tuple[Answer, int | None]

#: Answers lead only by at least half a full vote: no tie is broken by a little reliability.
LEAST_LEAD = 0.5
#: Where labels are asked for until the annotators agree, one answer leads by so many.
ENOUGH_LEAD = 2.0


@dataclass(frozen=True)
class Rule:
    """How a project settles queries that several people answer."""

    #: Most labels of a query where the annotators disagree; 0: no more than its overlap.
    most_overlap: int = 0
    #: What people's answers count; 1 where nothing is said.
    weights: Mapping[int, float] = field(default_factory=dict)
    #: How many people may label.
    people: int = 0

    def weigh(self, user_ids: Sequence[int]) -> list[float]:
        """Return what each person's answer counts."""
        return [self.weights.get(user_id, 1.0) for user_id in user_ids]


@dataclass(frozen=True)
class Settlement:
    """An outcome, with its class where it has one."""

    outcome: Outcome
    class_id: int | None = None


def settle(answers: Sequence[Said], weights: Sequence[float] = ()) -> Settlement:
    """Return what most annotators said, or that no single answer leads.

    *Unrecognizable* is an answer like any class; skips are none and must be left out. Without
    weights every answer counts 1.
    """
    if not answers:
        raise ValueError("a query without answers has no outcome")
    votes = _votes(answers, weights)
    if _lead(votes) < min(LEAST_LEAD, votes[0][1]):
        return Settlement(Outcome.DISPUTED)
    answer, class_id = votes[0][0]
    return Settlement(Outcome(answer.value), class_id)


def asks_again(
    answers: Sequence[Said],
    weights: Sequence[float] = (),
    *,
    overlap: int,
    most: int,
    people_left: int,
    answers_left: int | None,
) -> bool:
    """Whether another annotator is asked, instead of settling on answers that differ.

    Never beyond `most` labels, beyond what the budget pays, or when there is nobody else.
    """
    if overlap >= most or people_left < 1 or answers_left == 0:
        return False
    votes = _votes(answers, weights)
    return len(votes) > 1 and _lead(votes) < ENOUGH_LEAD


def _votes(answers: Sequence[Said], weights: Sequence[float]) -> list[tuple[Said, float]]:
    """Add up what each answer has, the heaviest first."""
    sums: dict[Said, float] = {}
    for said, weight in zip(answers, weights or [1.0] * len(answers), strict=True):
        sums[said] = sums.get(said, 0.0) + weight
    return sorted(sums.items(), key=lambda vote: -vote[1])


def _lead(votes: Sequence[tuple[Said, float]]) -> float:
    """Return by how much the first answer leads."""
    return votes[0][1] - (votes[1][1] if len(votes) > 1 else 0.0)
