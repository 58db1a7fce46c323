"""What becomes of an answer: taken, repeated, too late, or refused, and what that changes.

Pure rules over plain values. The caller holds the projects' locks, reads how everything stands
before the first answer is judged, and writes what changed after the last one. Knows no table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.labeling import claims, consensus
from app.labeling.consensus import Rule
from app.labeling.errors import (
    AlreadyAnswered,
    ArchivedClass,
    BudgetSpent,
    ForeignClass,
    IdReused,
    NoTwin,
    OtherWay,
    QueryClosed,
    UnknownQuery,
)
from app.labeling.schemas import AnswerIn, Verdict
from app.words import Answer, Outcome, QueryState, Source, Way

#: Ways of asking whose answers are marks, and the answers that only they take.
_MARKED = {Way.WALK: Answer.WALK, Way.PAIR: Answer.PAIR}


@dataclass(frozen=True)
class Said:
    """A label that stands on a query."""

    user_id: int
    answer: Answer
    class_id: int | None


@dataclass(frozen=True)
class Held:
    """A slot of a query: lent until a time, or used up where there is none."""

    user_id: int
    expires_at: datetime | None


@dataclass
class Standing:
    """How one query stands; judging an answer changes it."""

    id: int
    project_id: int
    state: QueryState
    way: Way
    overlap: int
    accepted: int
    skips: int
    for_user_id: int | None = None
    outcome: Outcome | None = None
    outcome_class_id: int | None = None
    outcome_marks: dict[str, Any] | None = None
    settled_at: datetime | None = None
    adjudicated_by: int | None = None
    source: Source = Source.POOL
    #: Images of a walk's strip; 0 for other queries.
    strip: int = 0
    said: list[Said] = field(default_factory=list)
    slots: dict[int, Held] = field(default_factory=dict)
    #: The slots as they were before anything was judged.
    slots_before: dict[int, Held] = field(default_factory=dict)

    def use_slot(self, user_id: int) -> bool:
        """Use up somebody's slot, a free one, or the unanswered one that ends first.

        An answer in hand counts more than one that may come. False when all slots are used up.
        """
        slot = self._slot_for(user_id)
        if slot is None:
            return False
        self.slots[slot] = Held(user_id, None)
        return True

    def _slot_for(self, user_id: int) -> int | None:
        waiting = {slot: held for slot, held in self.slots.items() if held.expires_at is not None}
        own = [slot for slot, held in waiting.items() if held.user_id == user_id]
        free = [slot for slot in range(self.overlap) if slot not in self.slots]
        others = sorted(waiting, key=lambda slot: str(waiting[slot].expires_at))
        return next(iter([*own, *free, *others]), None)

    def give_slot_back(self, user_id: int) -> None:
        """Free the slot that somebody holds or used."""
        self.slots = {s: held for s, held in self.slots.items() if held.user_id != user_id}

    def settle(self, answer: AnswerIn, at: datetime, rule: Rule, *, left: int | None) -> None:
        """Close with what the labels settle on, or ask somebody else where they differ.

        `left` is how many answers the budget still allows.
        """
        votes = [each for each in self.said if each.answer is not Answer.SKIP]
        said = [(each.answer, each.class_id) for each in votes]
        weights = rule.weigh([each.user_id for each in votes])
        if consensus.asks_again(
            said,
            weights,
            overlap=self.overlap,
            most=rule.most_overlap,
            people_left=rule.people - len({each.user_id for each in self.said}),
            answers_left=left,
        ):
            self.overlap += 1
            return
        settlement = consensus.settle(said, weights)
        self.state, self.settled_at = QueryState.SETTLED, at
        self.outcome, self.outcome_class_id = settlement.outcome, settlement.class_id
        if settlement.outcome in (Outcome.WALK, Outcome.PAIR):
            self.outcome_marks = answer.kept_marks

    def withdraw(self) -> None:
        """Ask nobody any more, and take back what is lent."""
        self.state = QueryState.WITHDRAWN
        self.slots = {s: held for s, held in self.slots.items() if held.expires_at is None}

    def reopen(self) -> None:
        """Take labels again, unless a lead has decided."""
        if self.adjudicated_by is not None:
            return
        self.state, self.settled_at = QueryState.OPEN, None
        self.outcome = self.outcome_class_id = self.outcome_marks = None

    def take_back(self, user_id: int, answer: Answer, *, for_good: bool, people: int) -> None:
        """Undo what a label did to the query."""
        if answer is Answer.SKIP:
            by_skips = for_good or claims.withdraws(self.skips, people)
            self.skips -= 1
            if self.state is QueryState.WITHDRAWN and by_skips:
                self.reopen()
            return
        self.accepted = max(0, self.accepted - 1)
        self.give_slot_back(user_id)
        if self.state is QueryState.SETTLED:
            self.reopen()


@dataclass
class Wallet:
    """What a project may still spend; None is no cap."""

    left: int | None
    #: Answers that were charged while judging.
    spent: int = 0

    @property
    def empty(self) -> bool:
        """Whether a cap is in the way of one more answer."""
        return self.remains == 0

    @property
    def remains(self) -> int | None:
        """What may still be spent after all that was charged; None is no cap."""
        return None if self.left is None else max(0, self.left - self.spent)


@dataclass(frozen=True)
class Known:
    """A label that was stored before under an id that comes again."""

    user_id: int
    query_id: int
    answer: Answer
    class_id: int | None


@dataclass(frozen=True)
class NamedClass:
    """A class that an answer names."""

    project_id: int
    archived: bool


@dataclass(frozen=True)
class Given:
    """An answer that was taken: whose it is, and what it says."""

    user_id: int
    project_id: int
    answer: AnswerIn


@dataclass
class Bench:
    """Everything that decides about a list of answers, and what they have changed so far."""

    queries: dict[int, Standing]
    wallets: dict[int, Wallet]
    #: Projects in reach, by person.
    reach: set[tuple[int, int]]
    classes: dict[int, NamedClass]
    labels: dict[str, Known]
    #: Project of each real image that somebody labeled in place of a synthesized one.
    twins: dict[int, int]
    #: People who label, by project.
    people: dict[int, int]
    at: datetime
    #: How projects settle, where queries that need several labels are answered.
    rules: dict[int, Rule] = field(default_factory=dict)
    taken: list[Given] = field(default_factory=list)
    changed: set[int] = field(default_factory=set)

    def judge(self, user_id: int, answer: AnswerIn) -> Verdict:
        """Take one answer, or raise why not; only a taken one changes anything."""
        query = self.queries.get(answer.query_id)
        if query is None or (user_id, query.project_id) not in self.reach:
            raise UnknownQuery
        earlier = self.labels.get(str(answer.id))
        if earlier is not None:
            return _repeat(earlier, user_id, answer)
        self._check(query, user_id, answer)
        if answer.answer is Answer.SKIP:
            self._skip(query, user_id, answer)
        else:
            self._count(query, user_id, answer)
        self._keep(query, user_id, answer)
        return Verdict.STORED

    def _check(self, query: Standing, user_id: int, answer: AnswerIn) -> None:
        self._check_class(query, answer)
        if query.state is not QueryState.OPEN or query.for_user_id not in (None, user_id):
            raise QueryClosed
        if any(said.user_id == user_id for said in query.said):
            raise AlreadyAnswered
        _check_way(query, answer)
        if answer.twin is None:
            return
        if query.source is not Source.SYNTHESIZED or query.project_id != self.twins.get(
            answer.twin
        ):
            raise NoTwin

    def _check_class(self, query: Standing, answer: AnswerIn) -> None:
        if answer.class_ is None:
            return
        named = self.classes.get(answer.class_)
        if named is None or named.project_id != query.project_id:
            raise ForeignClass
        if named.archived:
            raise ArchivedClass

    def _count(self, query: Standing, user_id: int, answer: AnswerIn) -> None:
        """Let an answer count: in a slot, in the budget, in the query, and in its outcome."""
        if query.accepted >= query.overlap:
            raise QueryClosed
        wallet = self.wallets[query.project_id]
        if wallet.empty:
            raise BudgetSpent
        if not query.use_slot(user_id):
            raise QueryClosed
        wallet.spent += 1
        query.accepted += 1
        query.said.append(Said(user_id, answer.answer, answer.class_))
        if query.accepted == query.overlap:
            rule = self.rules.get(query.project_id, Rule())
            query.settle(answer, self.at, rule, left=wallet.remains)

    def _skip(self, query: Standing, user_id: int, answer: AnswerIn) -> None:
        """Give the slot to somebody else, unless nobody should be asked any more."""
        query.give_slot_back(user_id)
        query.skips += 1
        query.said.append(Said(user_id, answer.answer, None))
        if answer.for_good or claims.withdraws(query.skips, self.people.get(query.project_id, 0)):
            query.withdraw()

    def _keep(self, query: Standing, user_id: int, answer: AnswerIn) -> None:
        self.labels[str(answer.id)] = Known(user_id, query.id, answer.answer, answer.class_)
        self.taken.append(Given(user_id, query.project_id, answer))
        self.changed.add(query.id)


def _repeat(earlier: Known, user_id: int, answer: AnswerIn) -> Verdict:
    """Answer like the first time, if it is the same answer by the same person."""
    if earlier != Known(user_id, answer.query_id, answer.answer, answer.class_):
        raise IdReused
    return Verdict.REPEATED


def _check_way(query: Standing, answer: AnswerIn) -> None:
    """Refuse marks where there is nothing to mark, and a class where marks are asked for."""
    if answer.answer in (Answer.SKIP, Answer.UNRECOGNIZABLE):
        return
    if answer.answer is not _MARKED.get(query.way, Answer.CLASS):
        raise OtherWay
    if query.way is Way.WALK and answer.marks is not None and answer.marks["first"] >= query.strip:
        raise OtherWay
