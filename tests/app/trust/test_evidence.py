"""Who clicks at random is found: a simulation with seeds, and the rule by examples."""

from __future__ import annotations

import numpy as np
import pytest

from app.benchmarks import trust
from app.trust import evidence
from app.trust.evidence import Doubt, Evidence, Votes


@pytest.mark.parametrize(
    ("name", "half", "seventy", "by_mistake"),
    [
        ("overlap 3", 0.97, 0.85, 0.02),
        ("overlap 3, gold and repeats 10 %", 0.97, 0.9, 0.04),
        ("overlap 2, gold and repeats 10 %", 0.95, 0.72, 0.03),
        ("overlap 1, gold and repeats 20 %", 0.9, 0.6, 0.06),
        ("overlap 3, two classes", 0.95, 0.75, 0.02),
    ],
)
@pytest.mark.slow
def test_who_clicks_at_random_is_found_within_thirty_answers(
    name: str, half: float, seventy: float, by_mistake: float
) -> None:
    rows = [trust.simulated(name, seed).reported for seed in range(100)]
    found = np.mean([[0 < each <= trust.WITHIN for each in row] for row in rows], axis=0)
    assert found[trust.FIFTY] >= half
    assert found[trust.SEVENTY] >= seventy
    assert found[: trust.GOOD].mean() <= by_mistake


def _votes(*says: dict[int, int]) -> list[Votes]:
    return [{person: ("class", said) for person, said in each.items()} for each in says]


def _crowd_with(wrong: int, of: int) -> list[Votes]:
    """Three people who agree, and a fourth who is wrong so often."""
    return _votes(*({1: 0, 2: 0, 3: 0, 4: int(each < wrong)} for each in range(of)))


def test_an_unreliable_annotator_counts_less_but_never_nothing() -> None:
    found = evidence.assess({}, _crowd_with(15, 30), answers=11)
    assert found[4].warning is Doubt.UNRELIABLE
    assert evidence.LEAST_WEIGHT <= found[4].weight < 1
    assert {each: found[each].weight for each in (1, 2, 3)} == dict.fromkeys((1, 2, 3), 1.0)
    guesses = evidence.assess({}, _crowd_with(30, 30), answers=11)
    assert guesses[4].weight == evidence.LEAST_WEIGHT


def test_one_bad_annotator_does_not_make_the_others_look_bad() -> None:
    pairs = _votes(*({1 + each % 3: 0, 4: each % 2} for each in range(60)))
    pairs += _votes(*({1 + each % 3: 0, 1 + (each + 1) % 3: 0} for each in range(60)))
    found = evidence.assess({}, pairs, answers=11)
    assert [each for each, finding in sorted(found.items()) if finding.warning] == [4]
    assert all(found[each].evidence.wrong == 0 for each in (1, 2, 3))


@pytest.mark.parametrize(
    ("wrong", "of", "found"),
    [(2, 30, False), (10, 30, True), (7, 7, False), (8, 8, True), (2, 8, False)],
)
def test_few_wrong_answers_and_few_answers_make_no_warning(
    wrong: int, of: int, *, found: bool
) -> None:
    finding = evidence.assess({}, _crowd_with(wrong, of), answers=11)[4]
    assert (finding.evidence.wrong, finding.evidence.checked) == (wrong, of)
    assert bool(finding.warning) is found


def test_gold_and_repeats_are_evidence_of_their_own() -> None:
    good = Evidence(gold=20, gold_right=20, repeats=20, repeats_same=19)
    bad = Evidence(gold=12, gold_right=6, repeats=8, repeats_same=3)
    found = evidence.assess({1: good, 2: good, 3: bad}, [], answers=11)
    assert [found[each].warning for each in (1, 2, 3)] == ["", "", "unreliable"]


def test_where_images_are_hard_for_everybody_nobody_is_blamed() -> None:
    hard = Evidence(gold=30, gold_right=20)
    found = evidence.assess(dict.fromkeys(range(6), hard), [], answers=3)
    assert {finding.warning for finding in found.values()} == {Doubt.NONE}


def test_nothing_is_held_against_anybody_where_others_do_not_agree() -> None:
    found = evidence.assess({}, _votes({1: 0, 2: 1, 3: 2}), answers=4)
    assert {finding.evidence.compared for finding in found.values()} == {0}


def test_of_two_who_only_ever_disagree_with_each_other_nobody_is_blamed() -> None:
    pairs = _votes(*({1: 0, 2: 0} for _ in range(40)), *({3: 0, 4: each % 2} for each in range(40)))
    found = evidence.assess({}, pairs, answers=11)
    assert {finding.warning for finding in found.values()} == {Doubt.NONE}
