"""Which settled queries deserve another label, and what CROWDLAB may decide.

Pure rules over plain values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.trust.evidence import Said
from app.words import Answer, Outcome

#: An outcome is asked about again only while it is less sure than this. A guess.
SURE_ENOUGH = 0.8
#: Where people differ, CROWDLAB decides only if it is surer than this plus `LEEWAY` divided by the
#: number of classes. From 0.5 on it broke ties between two equally good people at random where
#: similar images told it nothing; the leeway is a guess beyond that.
LIKELIER, LEEWAY = 0.5, 0.4


@dataclass(frozen=True)
class Candidate:
    """A settled query, and how ActiveLab sees it."""

    query_id: int
    #: How much another label would help; larger is more.
    worth: float
    #: How sure the consensus is, in [0, 1].
    confidence: float
    labels: int
    #: Members who have not answered it.
    people_left: int


def worth_another_label(
    candidates: Sequence[Candidate], *, most: int, count: int, answers_left: int | None
) -> list[int]:
    """Choose at most `count` queries, those first that another label helps most.

    None has `most` labels already, is sure enough, or has been answered by everybody; and no more
    than the budget pays.
    """
    eligible = [
        each
        for each in candidates
        if each.labels < most and each.confidence < SURE_ENOUGH and each.people_left > 0
    ]
    ranked = sorted(eligible, key=lambda each: (-each.worth, each.query_id))
    affordable = count if answers_left is None else min(count, answers_left)
    return [each.query_id for each in ranked[:affordable]]


def outcome(
    votes: Sequence[Said], consensus: Said, confidence: float, *, classes: int
) -> tuple[Outcome, int | None]:
    """Return what a query of so many classes settles on by CROWDLAB: a dispute where it is not sure
    enough.

    What everybody said stands: similar images may teach which annotator to believe, but not
    overrule all of them.
    """
    if len(set(votes)) == 1:
        return _as_outcome(votes[0])
    if confidence < LIKELIER + LEEWAY / classes:
        return Outcome.DISPUTED, None
    return _as_outcome(consensus)


def _as_outcome(said: Said) -> tuple[Outcome, int | None]:
    kind, class_id = said
    return Outcome(Answer(kind).value), class_id
