from __future__ import annotations

import pytest

from app.trust.evidence import Evidence
from app.trust.telling import Pace, pace, sentences


@pytest.mark.parametrize(
    ("own", "others", "suspicious"),
    [
        ([900] * 30, [1000.0], False),
        ([200] * 6 + [900] * 24, [1000.0], True),
        ([200] * 5 + [900] * 25, [1000.0], False),
        # Where others take ten seconds, one second is no look.
        ([1000] * 30, [10_000.0, 9_000.0], True),
        ([200] * 19, [1000.0], False),
        ([250] * 30, [], True),
        ([], [1000.0], False),
    ],
)
def test_answers_too_fast_to_have_looked_are_suspicious(
    own: list[int], others: list[float], *, suspicious: bool
) -> None:
    assert pace(own, others).suspicious is suspicious


def test_a_lead_is_told_what_speaks_against_somebody_and_what_is_done_about_it() -> None:
    evidence = Evidence(gold=10, gold_right=5, compared=20, agreed=12)
    (doubt,) = sentences(
        evidence, weight=0.42, unreliable=True, others_wrong=0.04, pace=Pace(1, 30)
    )
    assert doubt == (
        "13 of 30 checked answers were wrong; of everybody else's, about 4%."
        " Where people disagree, each of theirs counts 0.4 of a vote."
    )
    (fast,) = sentences(evidence, weight=1, unreliable=False, others_wrong=0.04, pace=Pace(9, 30))
    assert fast == "9 of the last 30 answers came faster than anybody could look."


def test_of_a_good_annotator_nothing_is_said() -> None:
    good = Evidence(gold=10, gold_right=10)
    assert sentences(good, weight=1, unreliable=False, others_wrong=0, pace=Pace(0, 90)) == []
