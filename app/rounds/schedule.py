"""Which machine work is due: a pure rule over a handful of facts.

Knows nothing of tables or the engine; `reconcile` gathers the facts and queues what this says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.words import Mode, ProjectState, StageKind, StageState

#: A stage that failed is tried again after this long at most.
LONGEST_PAUSE = timedelta(seconds=60)
#: Images that each busy annotator's page keeps ahead.
AHEAD = 8
#: Annotators are compared each time so many answers are in.
ASSESS_EVERY = 20


@dataclass(frozen=True)
class Last:
    """The newest attempt at one piece of work."""

    attempt: int
    state: StageState
    final: bool = False
    finished_at: datetime | None = None


@dataclass(frozen=True)
class Facts:
    """All that decides what is due in a project."""

    state: ProjectState
    mode: Mode
    batch_size: int
    now: datetime
    #: Imports that are not done.
    imports: tuple[int, ...] = ()
    pool_count: int = 0
    holdout_count: int = 0
    #: Whether a checkpoint for the current settings is wanted and missing.
    features_missing: bool = False
    generator_missing: bool = False
    #: The version that the next checkpoint of each kind would get.
    next_features: int = 1
    next_generator: int = 1
    last_round: int = 0
    #: Whether the last round found nothing more to pose, and nothing has changed since.
    exhausted: bool = False
    open_queries: int = 0
    #: Open queries that somebody could still be lent; counted no further than what is enough.
    lendable: int = 0
    #: Labels that the open queries still need.
    labels_awaited: int = 0
    overlap: int = 1
    #: Queries settled since the last round was posed.
    settled_since: int = 0
    #: People who labeled or held queries within the last minutes.
    annotators: int = 0
    #: None is no cap.
    answers_left: int | None = None
    #: The oldest image of the stream that a learner could judge now.
    stream_waiting: int | None = None
    #: Whether images have ever been sent one by one; more may come.
    streams: bool = False
    #: The next comparison of annotators, once enough has been answered for it.
    assessment: int | None = None
    #: Rounds with a learner whose accuracy is not measured yet.
    unevaluated: tuple[int, ...] = ()
    attempts: Mapping[tuple[StageKind, int], Last] = field(default_factory=dict)

    @property
    def used_up(self) -> bool:
        """Whether nothing is left to ask, and nothing on its way that could change that."""
        idle = self.open_queries == 0 and self.settled_since == 0
        return self.exhausted and idle and not self.streams and not _training(self)


@dataclass(frozen=True)
class Due:
    """A stage to queue."""

    kind: StageKind
    number: int
    attempt: int


def assessment_due(answers: int, *, done: int) -> int | None:
    """Return the number of the comparison that so many answers make due, if it is not done."""
    number = answers // ASSESS_EVERY
    return number if number > done else None


def queries_wanted(facts: Facts) -> int:
    """Return how many queries the next round should pose: none once the budget is spoken for."""
    wanted = facts.batch_size
    if facts.mode is Mode.CONTINUOUS:
        wanted = max(wanted, AHEAD * facts.annotators - facts.lendable)
    if facts.answers_left is not None:
        wanted = min(wanted, (facts.answers_left - facts.labels_awaited) // facts.overlap)
    return max(wanted, 0)


def due(facts: Facts) -> list[Due]:
    """List the stages that should be queued now; those under way are left out."""
    return [
        Due(kind, number, attempt)
        for kind, number in _wanted(facts)
        if (attempt := _next_attempt(facts, kind, number)) is not None
    ]


def _wanted(facts: Facts) -> Iterator[tuple[StageKind, int]]:
    for import_id in facts.imports:
        yield StageKind.IMPORT_POOL, import_id
    if facts.state is not ProjectState.RUNNING or facts.pool_count == 0:
        return
    if facts.stream_waiting is not None:
        yield StageKind.JUDGE_STREAM, facts.stream_waiting
    if facts.assessment is not None and not _comparing(facts):
        yield StageKind.ASSESS, facts.assessment
    if facts.features_missing:
        yield StageKind.LEARN_FEATURES, facts.next_features
    if facts.generator_missing:
        yield StageKind.TRAIN_GENERATOR, facts.next_generator
    if _round_due(facts):
        yield StageKind.FIT_AND_POSE, facts.last_round + 1
    if facts.holdout_count:
        for number in facts.unevaluated:
            yield StageKind.EVALUATE, number


def _comparing(facts: Facts) -> bool:
    """Whether an earlier comparison of annotators is under way; it reads the latest answers."""
    return any(
        kind is StageKind.ASSESS and last.state in (StageState.QUEUED, StageState.RUNNING)
        for (kind, _), last in facts.attempts.items()
    )


def _round_due(facts: Facts) -> bool:
    if facts.exhausted and facts.settled_since == 0:
        return False
    if queries_wanted(facts) == 0:
        return _last_fit_due(facts)
    if facts.last_round == 0:
        return True
    if facts.mode is Mode.STRICT:
        return facts.open_queries == 0 and not _training(facts)
    running_dry = facts.lendable < max(facts.batch_size // 2, 1)
    return running_dry and (facts.settled_since > 0 or facts.lendable == 0)


def _last_fit_due(facts: Facts) -> bool:
    """The last answers of a budget still teach the learner, so that its accuracy is known."""
    answered = facts.open_queries == 0 or facts.answers_left == 0
    return answered and facts.settled_since > 0


def _training(facts: Facts) -> bool:
    """Whether features or generator are still to come; given up counts as not to come."""
    wanted = []
    if facts.features_missing:
        wanted.append((StageKind.LEARN_FEATURES, facts.next_features))
    if facts.generator_missing:
        wanted.append((StageKind.TRAIN_GENERATOR, facts.next_generator))
    return any(not _given_up(facts, kind, number) for kind, number in wanted)


def _given_up(facts: Facts, kind: StageKind, number: int) -> bool:
    last = facts.attempts.get((kind, number))
    if last is None:
        return False
    if last.state is StageState.CANCELED:
        return True
    return last.state is StageState.FAILED and last.final


def _next_attempt(facts: Facts, kind: StageKind, number: int) -> int | None:
    """Return the attempt to queue, or None while one is under way, done, or given up."""
    last = facts.attempts.get((kind, number))
    if last is None:
        return 1
    if last.state is not StageState.FAILED or _given_up(facts, kind, number):
        return None
    pause = min(timedelta(seconds=5 * last.attempt), LONGEST_PAUSE)
    if last.finished_at is not None and facts.now < last.finished_at + pause:
        return None
    return last.attempt + 1
