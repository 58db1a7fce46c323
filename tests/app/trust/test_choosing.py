from __future__ import annotations

from dataclasses import replace

import pytest

from app.trust.choosing import Candidate, outcome, worth_another_label
from app.trust.evidence import Said
from app.words import Outcome

DOUBTFUL = Candidate(1, worth=-0.3, confidence=0.5, labels=2, people_left=3)


def test_those_come_first_that_another_label_helps_most() -> None:
    candidates = [replace(DOUBTFUL, query_id=n, worth=worth) for n, worth in ((1, -0.9), (2, -0.1))]
    assert worth_another_label(candidates, most=3, count=5, answers_left=None) == [2, 1]
    assert worth_another_label(candidates, most=3, count=1, answers_left=None) == [2]


@pytest.mark.parametrize(
    "but",
    [{"labels": 3}, {"confidence": 0.9}, {"people_left": 0}],
    ids=["it has the most labels", "it is sure", "everybody has answered it"],
)
def test_a_query_is_not_asked_again_if(but: dict[str, float]) -> None:
    asked = [DOUBTFUL, replace(DOUBTFUL, query_id=2, **but)]  # type: ignore[arg-type]
    assert worth_another_label(asked, most=3, count=5, answers_left=None) == [1]


def test_no_more_is_asked_than_the_budget_pays() -> None:
    candidates = [replace(DOUBTFUL, query_id=n) for n in range(1, 6)]
    assert len(worth_another_label(candidates, most=3, count=5, answers_left=2)) == 2
    assert worth_another_label(candidates, most=3, count=5, answers_left=0) == []


FIVE: Said = ("class", 5)
SEVEN: Said = ("class", 7)
CANNOT: Said = ("unrecognizable", None)


@pytest.mark.parametrize(
    ("votes", "consensus", "confidence", "settled"),
    [
        ([FIVE, SEVEN], SEVEN, 0.8, (Outcome.CLASS, 7)),
        ([FIVE, SEVEN], CANNOT, 0.71, (Outcome.UNRECOGNIZABLE, None)),
        # A little more than half is a coin toss.
        ([FIVE, SEVEN], SEVEN, 0.69, (Outcome.DISPUTED, None)),
        ([FIVE, SEVEN], SEVEN, 0.4, (Outcome.DISPUTED, None)),
        # Similar images do not overrule everybody who looked.
        ([FIVE, FIVE], SEVEN, 0.9, (Outcome.CLASS, 5)),
        ([FIVE, FIVE], FIVE, 0.3, (Outcome.CLASS, 5)),
    ],
)
def test_crowdlab_decides_where_people_differ_and_it_is_sure(
    votes: list[Said],
    consensus: Said,
    confidence: float,
    settled: tuple[Outcome, int | None],
) -> None:
    assert outcome(votes, consensus, confidence, classes=2) == settled


def test_among_many_classes_less_is_sure_enough() -> None:
    assert outcome([FIVE, SEVEN], SEVEN, 0.55, classes=10) == (Outcome.CLASS, 7)
    assert outcome([FIVE, SEVEN], SEVEN, 0.53, classes=10) == (Outcome.DISPUTED, None)
