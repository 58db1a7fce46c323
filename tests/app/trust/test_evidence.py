"""Who clicks at random is found: a simulation with seeds, and the rule by examples."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.trust import evidence
from app.trust.evidence import Doubt, Evidence, Said, Votes

#: Five good people, one who is right in 70 % and one in 50 % of answers.
CROWD = (0.97,) * 5 + (0.7, 0.5)
CLASSES = 10
ANSWERS_EACH = 30
ASSESSED_EVERY = 20


class Crowd:
    """People of known accuracy who answer until each has given so many answers."""

    def __init__(self, seed: int, *, overlap: int, gold: float = 0.0, repeat: float = 0.0) -> None:
        self.random = np.random.default_rng(seed)
        self.overlap, self.gold, self.repeat = overlap, gold, repeat
        self.alone = {person: Evidence() for person in range(len(CROWD))}
        self.given: dict[int, list[tuple[int, int]]] = {person: [] for person in self.alone}
        self.waiting: list[tuple[int, dict[int, Said]]] = []
        self.done: list[Votes] = []

    def flagged(self) -> set[int]:
        """Let everybody answer; return who was reported at any of the looks in between."""
        found, counts = set[int](), np.zeros(len(CROWD), int)
        while counts.min() < ANSWERS_EACH:
            person = int(self.random.choice(np.flatnonzero(counts < ANSWERS_EACH)))
            self._turn(person)
            counts[person] += 1
            if counts.sum() % ASSESSED_EVERY == 0:
                looks = evidence.assess(self.alone, self.done, answers=CLASSES + 1)
                found |= {each for each, finding in looks.items() if finding.warning}
        return found

    def _turn(self, person: int) -> None:
        kind, own = self.random.random(), self.alone[person]
        if kind < self.gold:
            truth = int(self.random.integers(CLASSES))
            right = self._say(person, truth) == truth
            own = replace(own, gold=own.gold + 1, gold_right=own.gold_right + right)
        elif kind < self.gold + self.repeat and self.given[person]:
            truth, before = self.given[person][self.random.integers(len(self.given[person]))]
            same = self._say(person, truth) == before
            own = replace(own, repeats=own.repeats + 1, repeats_same=own.repeats_same + same)
        else:
            self._answer(person)
        self.alone[person] = own

    def _answer(self, person: int) -> None:
        query = next((each for each in self.waiting if person not in each[1]), None)
        if query is None:
            query = (int(self.random.integers(CLASSES)), {})
            self.waiting.append(query)
        truth, votes = query
        said = self._say(person, truth)
        votes[person] = ("class", said)
        self.given[person].append((truth, said))
        if len(votes) == self.overlap:
            self.waiting.remove(query)
            self.done.append(votes)

    def _say(self, person: int, truth: int) -> int:
        if self.random.random() < CROWD[person]:
            return truth
        return int(truth + self.random.integers(1, CLASSES)) % CLASSES


@pytest.mark.parametrize(
    ("ways", "half", "seventy", "false_alarms"),
    [
        ({"overlap": 3}, 0.97, 0.88, 0.02),
        ({"overlap": 3, "gold": 0.1, "repeat": 0.1}, 0.97, 0.88, 0.02),
        ({"overlap": 2, "gold": 0.1, "repeat": 0.1}, 0.95, 0.7, 0.03),
        ({"overlap": 1, "gold": 0.2, "repeat": 0.2}, 0.8, 0.55, 0.03),
    ],
    ids=["overlap 3", "overlap 3, some gold", "overlap 2, some gold", "gold and repeats alone"],
)
@pytest.mark.slow
def test_who_clicks_at_random_is_found_within_thirty_answers(
    ways: dict[str, float], half: float, seventy: float, false_alarms: float
) -> None:
    runs = [Crowd(seed, **ways).flagged() for seed in range(100)]  # type: ignore[arg-type]
    rates = [sum(person in run for run in runs) / len(runs) for person in range(len(CROWD))]
    assert rates[6] >= half
    assert rates[5] >= seventy
    assert np.mean(rates[:5]) <= false_alarms


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
