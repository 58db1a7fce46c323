"""Shapes of the lead's page as JSON; other programs may rely on them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict

from app.dashboards.forecast import Verdict
from app.dashboards.machine import Condition
from app.words import (
    Answer,
    Mode,
    Origin,
    Outcome,
    ProjectState,
    QueryState,
    Source,
    StageKind,
    StageState,
)
from models.stopping import Says


class Schema(BaseModel):
    """What all shapes share."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class ProjectNow(Schema):
    """The project itself."""

    id: int
    name: str
    state: ProjectState
    mode: Mode
    notice: str


class AccuracyNow(Schema):
    """Accuracy of the newest measured learner on the holdout, with its 95 % interval."""

    value: float
    low: float
    high: float
    right: int
    count: int
    #: Answers spent when that learner was fitted.
    answers: int
    round: int
    #: How far it moved, and over how many answers; None while there is nothing to compare.
    change: float | None
    change_answers: int | None


class Spending(Schema):
    """What the budget allowed and what is gone; a cap of None is no cap."""

    answers: int
    max_answers: int | None
    cost: Decimal
    max_cost: Decimal | None
    price_per_answer: Decimal
    #: Answers that may still come; None without a cap.
    answers_left: int | None
    #: Share of the budget that is gone, in [0, 1]; None without a cap.
    share: float | None


class ForecastNow(Schema):
    """Answers still needed to a target accuracy."""

    target: float
    verdict: Verdict
    answers: int | None
    low: int | None
    high: int | None
    cost: Decimal | None
    ceiling: float | None
    sentence: str


class LightNow(Schema):
    """One stop light."""

    name: str
    color: Says
    sentence: str
    how: str


class NoticeNow(Schema):
    """Something that waits for a lead, and where below the project's address."""

    sentence: str
    action: str
    place: str


class StageNow(Schema):
    """A stage under way, or one that could be tried again."""

    id: int
    kind: StageKind
    state: StageState
    title: str
    details: str
    share: float
    since: datetime | None
    worker: str


class MachineNow(Schema):
    """What the machine is doing, or why it is not."""

    condition: Condition
    sentence: str
    hint: str
    stages: list[StageNow]
    retry: StageNow | None


class StepNow(Schema):
    """One step of setting the project up."""

    title: str
    sentence: str
    done: bool
    place: str


class CurvePoint(Schema):
    """One measured round on the learning curve."""

    round: int
    answers: int
    labeled: int
    refused: int
    accuracy: float
    low: float
    high: float
    right: int
    count: int


class RoundRow(Schema):
    """One round: what it posed, how, how long it took, what it changed."""

    id: int
    number: int
    created_at: datetime
    planned: dict[str, int]
    posed: dict[str, int]
    why: str
    held_back: int
    strategies: dict[str, str]
    seconds: dict[str, float]
    answers: int
    labeled: int
    refused: int
    refused_share: float | None
    accuracy_before: float | None
    accuracy_after: float | None
    checkpoints: dict[str, str]


class SourceRow(Schema):
    """What the queries of one source came to."""

    source: Source
    posed: int
    open: int
    labeled: int
    refused: int
    disputed: int
    withdrawn: int
    refused_share: float | None


class ClassRow(Schema):
    """How often a class was the outcome, and how often it stands in the holdout."""

    class_id: int
    name: str
    archived: bool
    outcomes: int
    holdout: int


class ImageCounts(Schema):
    """Images by origin."""

    pool: int
    synthesized: int
    holdout: int
    stream: int


class PersonRow(Schema):
    """One annotator's part."""

    user_id: int
    name: str
    answers: int
    refused: int
    refused_share: float | None
    skips: int
    #: Of the latest answers.
    median_seconds: float | None
    last_seen: datetime | None
    #: Answers to queries whose class is known, and the share that was right.
    gold: int
    gold_right: float | None
    #: Answers to queries that they had answered before, and the share that was the same.
    repeats: int
    repeats_same: float | None
    #: Answers beside others' to the same query, and the share that agreed with most of them.
    compared: int
    agreed: float | None
    #: What one answer of theirs counts where people disagree.
    weight: float
    #: Whether many of their answers came faster than anybody could look.
    hasty: bool
    #: What a lead should know, in words.
    warnings: list[str]


class AgreementRow(Schema):
    """How far annotators agreed beyond chance when they were compared; None: nothing to say."""

    at: datetime
    #: Queries that several people had answered, of the latest.
    queries: int
    #: Krippendorff's alpha, Fleiss' kappa, and the mean of Cohen's over all pairs.
    alpha: float | None
    fleiss: float | None
    cohen: float | None


class Sheet(Schema):
    """A sheet of what the generator draws."""

    sha256: str
    name: str
    version: int | None
    at: datetime


class QualityRow(Schema):
    """How good a generator was when its training ended, in the features of that time."""

    name: str
    version: int
    at: datetime
    features: str
    #: Distance of what it makes to real images, and of real images to other real ones.
    frechet: float
    frechet_floor: float
    #: Share of real images that it covers, and share of its images that could be real.
    recall: float
    precision: float
    #: Share of its images that are unusually near to an image of the pool.
    copied: float
    memorizes: bool
    made: int
    real: int


class GeneratorNow(Schema):
    """What the generator draws, how its training went, and how good it is, the newest first."""

    name: str | None
    version: int | None
    #: What its training has to say, such as why it draws something else than was asked for.
    message: str
    sheets: list[Sheet]
    losses: list[float]
    reports: list[QualityRow]


class StageRow(StageNow):
    """A stage of the past or present."""

    number: int
    attempt: int
    begun: int
    problem: str
    final: bool
    seconds: float | None
    queued_at: datetime


class WorkerRow(Schema):
    """A worker process."""

    id: str
    host: str
    pid: int
    started_at: datetime
    seen_at: datetime
    alive: bool


class Overview(Schema):
    """What stands above the tabs."""

    #: Changes whenever anything on the page may have changed.
    revision: str
    project: ProjectNow
    accuracy: AccuracyNow | None
    spending: Spending
    forecast: ForecastNow
    lights: list[LightNow]
    #: What the lights come to together; advice, and nothing more.
    advice: str
    attention: list[NoticeNow]
    machine: MachineNow
    open_queries: int
    rounds_count: int
    steps: list[StepNow]
    #: At most 400 points, evenly over the rounds; `curve.csv` has them all.
    curve: list[CurvePoint]


class Dashboard(Overview):
    """Everything that the lead's page shows, save the queries, which are a list of their own."""

    rounds: list[RoundRow]
    sources: list[SourceRow]
    classes: list[ClassRow]
    images: ImageCounts
    people: list[PersonRow]
    agreement: list[AgreementRow]
    generator: GeneratorNow
    stages: list[StageRow]
    workers: list[WorkerRow]


class Snapshot(Schema):
    """What an open page paints at once; a new revision tells it to ask for the rest."""

    revision: str
    machine: MachineNow
    answers: int
    cost: Decimal
    share: float | None
    open_queries: int


class QueryRow(Schema):
    """One query in the mosaic."""

    id: int
    sha256: str
    round: int
    source: Source
    state: QueryState
    outcome: Outcome | None
    class_name: str | None
    accepted: int
    overlap: int


class QueryList(Schema):
    """One page of queries, newest first."""

    items: list[QueryRow]
    #: Ask with `after` set to this for older ones; None at the end.
    next: int | None


class LabelRow(Schema):
    """One annotator's answer to a query."""

    name: str
    answer: Answer
    class_name: str | None
    duration_ms: int
    received_at: datetime
    undone: bool
    #: Whether it is about a real image in place of the query's own.
    of_twin: bool = False


class QueryDetails(QueryRow):
    """One query with its answers and where it comes from."""

    origin: Origin
    skips: int
    settled_at: datetime | None
    utility: float | None
    margin: float | None
    recognizability: float | None
    checkpoints: dict[str, str]
    #: With the checkpoints, enough to replay it.
    provenance: dict[str, Any]
    labels: list[LabelRow]
