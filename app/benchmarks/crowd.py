"""Simulated people of known accuracy who answer queries, gold and repeats, as the rules pose them.

What is judged, weighed and settled goes through the application's own rules; queries and people are
numbers. Knows nothing of tables, images or time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.labeling import consensus
from app.rounds.schedule import ASSESS_EVERY
from app.trust import checks, counting, evidence
from app.trust.evidence import Evidence, Finding
from app.words import Answer


@dataclass(frozen=True)
class Setting:
    """Who is there, what they are asked, and how often for how many labels."""

    #: How often each person says the truth; else any other class.
    accuracies: tuple[float, ...]
    classes: int = 10
    overlap: int = 1
    most_overlap: int = 0
    gold_rate: float = 0.0
    repeat_rate: float = 0.0


@dataclass
class Asked:
    """One query: its truth, how many labels it needs, and what people said."""

    number: int
    truth: int
    overlap: int
    said: dict[int, int]
    #: The class that it settled on; None while it is open, or disputed.
    outcome: int | None = None

    def counts(self, weights: Mapping[int, float]) -> float:
        """How much its outcome teaches the learner."""
        votes = {person: said == self.outcome for person, said in self.said.items()}
        return counting.counts(votes, weights)


class Crowd:
    """People who work until each has given so many answers, and are compared now and then."""

    def __init__(self, setting: Setting, truths: Sequence[int], *, seed: int) -> None:
        self.setting, self._truths = setting, truths
        self._random = np.random.default_rng(seed)
        people = range(len(setting.accuracies))
        self.findings = {person: Finding(Evidence()) for person in people}
        #: Answers that somebody had given when they were first reported.
        self.reported: dict[int, int] = {}
        self.settled: list[Asked] = []
        self._open: list[Asked] = []
        self._checks = {person: Evidence() for person in people}
        self._answers = dict.fromkeys(people, 0)
        self._own: dict[int, list[tuple[int, int]]] = {person: [] for person in people}
        self.posed = 0

    @property
    def weights(self) -> dict[int, float]:
        """What each person's answers count by now."""
        return {person: finding.weight for person, finding in self.findings.items()}

    def work(self, answers_each: int) -> Crowd:
        """Let everybody give so many answers, checks included, in an order drawn by lot."""
        while True:
            busy = [each for each, given in self._answers.items() if given < answers_each]
            if not busy:
                return self
            person = busy[self._random.integers(len(busy))]
            self._turn(person)
            self._answers[person] += 1
            if sum(self._answers.values()) % ASSESS_EVERY == 0:
                self._compare()

    def _compare(self) -> None:
        several = [
            {person: (str(Answer.CLASS), said) for person, said in query.said.items()}
            for query in self.settled
            if len(query.said) > 1
        ]
        answers = self.setting.classes + 1
        self.findings = evidence.assess(self._checks, several, answers=answers)
        for person, finding in self.findings.items():
            if finding.warning:
                self.reported.setdefault(person, self._answers[person])

    def _turn(self, person: int) -> None:
        own = self._checks[person]
        ordinary = len(self._own[person])
        repeatable = self._own[person][: max(0, ordinary - checks.REPEAT_AFTER)]
        rates = self.setting.gold_rate, self.setting.repeat_rate
        if checks.owed(answered=ordinary, posed=own.gold, rate=rates[0]):
            truth = int(self._random.integers(self.setting.classes))
            right = self._say(person, truth) == truth
            own = replace(own, gold=own.gold + 1, gold_right=own.gold_right + right)
        elif repeatable and checks.owed(answered=ordinary, posed=own.repeats, rate=rates[1]):
            truth, before = repeatable[self._random.integers(len(repeatable))]
            same = self._say(person, truth) == before
            own = replace(own, repeats=own.repeats + 1, repeats_same=own.repeats_same + same)
        else:
            self._answer(person)
        self._checks[person] = own

    def _answer(self, person: int) -> None:
        query = next((each for each in self._open if person not in each.said), None)
        if query is None:
            number, self.posed = self.posed, self.posed + 1
            query = Asked(number, int(self._truths[number]), self.setting.overlap, {})
            self._open.append(query)
        query.said[person] = self._say(person, query.truth)
        self._own[person].append((query.truth, query.said[person]))
        if len(query.said) == query.overlap:
            self._close(query)

    def _close(self, query: Asked) -> None:
        said = [(Answer.CLASS, each) for each in query.said.values()]
        weights = [self.findings[person].weight for person in query.said]
        if consensus.asks_again(
            said,
            weights,
            overlap=query.overlap,
            most=self.setting.most_overlap,
            people_left=len(self.findings) - len(query.said),
            answers_left=None,
        ):
            query.overlap += 1
            return
        self._open.remove(query)
        query.outcome = consensus.settle(said, weights).class_id
        self.settled.append(query)

    def _say(self, person: int, truth: int) -> int:
        if self._random.random() < self.setting.accuracies[person]:
            return truth
        return int(truth + self._random.integers(1, self.setting.classes)) % self.setting.classes
