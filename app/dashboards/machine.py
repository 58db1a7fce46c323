"""What the machine is doing right now, or why it is not, in words. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.dashboards import figures
from app.words import Mode, ProjectState, StageKind, StageState

#: A worker shows itself every second; after this many it is missed.
MISSED_AFTER = 10.0

TITLES = {
    StageKind.IMPORT_POOL: "Reading images in",
    StageKind.LEARN_FEATURES: "Learning features",
    StageKind.TRAIN_GENERATOR: "Training the generator",
    StageKind.FIT_AND_POSE: "Fitting the learner and posing queries",
    StageKind.EVALUATE: "Measuring accuracy",
    StageKind.JUDGE_STREAM: "Judging images of the stream",
    StageKind.ASSESS: "Comparing annotators",
}


class Condition(StrEnum):
    """Whether the machine works, rests for a good reason, or needs a person."""

    WORKING = "working"
    #: It waits for people, for a start or for nothing at all.
    RESTING = "resting"
    #: It cannot go on unless somebody does something.
    STUCK = "stuck"


@dataclass(frozen=True)
class Work:
    """A stage as far as the words need it."""

    id: int
    kind: StageKind
    state: StageState
    share: float = 0.0
    attempt: int = 1
    begun: int = 0
    epoch: int | None = None
    epochs: int | None = None
    loss: float | None = None
    message: str = ""
    problem: str = ""
    #: Whether the machine will not try it again by itself.
    given_up: bool = False
    worker: str = ""
    since: datetime | None = None

    @property
    def title(self) -> str:
        """What it does, in words."""
        return TITLES[self.kind]

    @property
    def details(self) -> str:
        """How far it is, in words."""
        facts = [self.message]
        if self.epoch is not None:
            facts.append(f"epoch {self.epoch}" + (f" of {self.epochs}" if self.epochs else ""))
        if self.loss is not None:
            facts.append(f"loss {self.loss:.4g}")
        if self.begun > 1:
            facts.append("taken over from a worker that died")
        elif self.attempt > 1:
            facts.append(f"attempt {self.attempt}")
        return ", ".join(fact for fact in facts if fact)


@dataclass(frozen=True)
class Situation:
    """All that decides what is said."""

    state: ProjectState
    mode: Mode
    notice: str = ""
    spent_out: bool = False
    #: Seconds since any worker was seen; None: never.
    worker_unseen: float | None = None
    running: tuple[Work, ...] = ()
    queued: tuple[Work, ...] = ()
    #: The newest attempt at a piece of work that failed or was canceled.
    failed: Work | None = None
    open_queries: int = 0
    #: Labels that the open queries still take.
    labels_wanted: int = 0


@dataclass(frozen=True)
class Now:
    """One sentence, one hint, the stages under way, and the one that could be tried again."""

    condition: Condition
    sentence: str
    hint: str = ""
    stages: tuple[Work, ...] = ()
    retry: Work | None = None


def now(situation: Situation) -> Now:
    """Say the one thing that matters most."""
    under_way = (*situation.running, *situation.queued)
    if under_way:
        return _working(situation, under_way)
    return (
        _not_running(situation)
        or _worker_missing(situation)
        or _spent_out(situation)
        or _failure(situation)
        or _waiting(situation)
    )


def is_missed(unseen: float | None) -> bool:
    """Whether no worker has shown itself for too long; None means never."""
    return unseen is None or unseen > MISSED_AFTER


def _not_running(situation: Situation) -> Now | None:
    match situation.state:
        case ProjectState.DRAFT:
            resting = Now(Condition.RESTING, "Not started yet.", "Start it once it has images.")
            return _failure(situation) or resting
        case ProjectState.PAUSED:
            hint = situation.notice or "Answers under way are kept; nothing new is lent or trained."
            return Now(Condition.RESTING, "Paused.", hint)
        case ProjectState.FINISHED:
            return Now(Condition.RESTING, "Finished.", situation.notice)
        case _:
            return None


def _working(situation: Situation, stages: tuple[Work, ...]) -> Now:
    missing = _worker_missing(situation)
    if missing:
        hint = f"{missing.hint} It goes on where the work stopped."
        return Now(Condition.STUCK, missing.sentence, hint, stages)
    if not situation.running:
        return Now(Condition.WORKING, f"{stages[0].title} is next.", "", stages)
    return Now(Condition.WORKING, f"{stages[0].title}.", "", stages)


def _worker_missing(situation: Situation) -> Now | None:
    unseen = situation.worker_unseen
    if not is_missed(unseen):
        return None
    hint = "Start one with “cusp worker”."
    if unseen is None:
        return Now(Condition.STUCK, "No worker has been seen yet.", hint)
    # Steps of five seconds are exact enough, and do not wake every open page each second.
    steady = unseen - unseen % 5 if unseen < 60 else unseen
    return Now(Condition.STUCK, f"No worker has been seen for {figures.span(steady)}.", hint)


def _spent_out(situation: Situation) -> Now | None:
    if not situation.spent_out:
        return None
    hint = "Raise it in the settings, or finish the project."
    return Now(Condition.STUCK, "The budget is spent.", hint)


def _failure(situation: Situation) -> Now | None:
    failed = situation.failed
    if failed is None:
        return None
    if failed.state is StageState.CANCELED:
        sentence = f"{failed.title} was canceled."
        return Now(Condition.RESTING, sentence, "Retry begins it again.", retry=failed)
    hint = "It is tried again by itself; Retry begins at once."
    if failed.given_up:
        hint = "It is not tried again by itself: put that right, then press Retry."
    why = f"{failed.problem or 'It did not say why.'} {hint}"
    return Now(Condition.STUCK, f"{failed.title} failed.", why, retry=failed)


def _waiting(situation: Situation) -> Now:
    if situation.open_queries == 0:
        hint = situation.notice or "The next round is being looked for."
        return Now(Condition.RESTING, "Nothing to do right now.", hint)
    sentence = f"Waits for {figures.count(situation.labels_wanted, 'answer')}."
    hint = f"{figures.count(situation.open_queries, 'query', 'queries')} open; "
    if situation.mode is Mode.STRICT:
        return Now(Condition.RESTING, sentence, hint + "the next round follows the last answer.")
    return Now(Condition.RESTING, sentence, hint + "more follow before they run out.")
