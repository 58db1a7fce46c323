"""Shapes of the labeling API: stable, because other programs rely on them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, cast
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictInt, field_validator, model_validator

from app.labeling.claims import Lending
from app.labeling.preferences_schemas import Preferences
from app.projects.settings import UsualWay
from app.words import Answer, Origin, Refusal, StageKind, Way

#: Ten minutes: somebody who takes longer was away.
LONGEST_MS = 600_000

#: What an answer marks.
_MARKS: dict[Answer, set[str]] = {Answer.WALK: {"last", "first"}, Answer.PAIR: {"more"}}

#: Fits the databases' integer columns.
Id = Annotated[StrictInt, Field(ge=1, le=2**31 - 1)]


class AnswerIn(BaseModel):
    """One answer, as the browser sends it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    #: A UUID made where the key was pressed.
    id: UUID
    query_id: Id
    answer: Answer
    #: The class, where the answer is one.
    class_: Id | None = Field(None, alias="class")
    #: Why it is unrecognizable, where that was said.
    refusal: Refusal | None = None
    #: On which page it was given.
    way: Way = Way.SINGLE
    #: On a walk `last` and `first`, places in the strip; on a pair `more`, 0 or 1.
    marks: (
        dict[Literal["last", "first", "more"], Annotated[StrictInt, Field(ge=0, le=999)]] | None
    ) = None
    #: Of a skip: nobody else should be asked either.
    for_good: bool = False
    #: The real image that was labeled in place of the synthesized one.
    twin: Id | None = None
    #: From the image's first paint to the key press.
    duration_ms: float = Field(0, allow_inf_nan=False)

    @property
    def kept_marks(self) -> dict[str, Any] | None:
        """What is stored as the label's marks."""
        return {"for_good": True} if self.for_good else cast(dict[str, Any] | None, self.marks)

    @field_validator("duration_ms")
    @classmethod
    def _within_reason(cls, value: float) -> float:
        """Clocks jump and people go for lunch: no answer is refused for that."""
        return min(max(value, 0), LONGEST_MS)

    @model_validator(mode="after")
    def _class_where_it_belongs(self) -> AnswerIn:
        if (self.answer is Answer.CLASS) is (self.class_ is None):
            raise ValueError("an answer has a class exactly when it is 'class'")
        return self

    @model_validator(mode="after")
    def _more_where_it_belongs(self) -> AnswerIn:
        if self.refusal is not None and self.answer is not Answer.UNRECOGNIZABLE:
            raise ValueError("only 'unrecognizable' has a refusal")
        if self.for_good and self.answer is not Answer.SKIP:
            raise ValueError("only 'skip' can be for good")
        if self.twin is not None and self.answer is not Answer.CLASS:
            raise ValueError("only an answer with a class can be about a twin")
        if set(self.marks or ()) != _MARKS.get(self.answer, set()):
            raise ValueError("a walk has the marks 'last' and 'first', a pair 'more', others none")
        return self

    @model_validator(mode="after")
    def _marks_in_order(self) -> AnswerIn:
        marks = self.marks or {}
        if self.answer is Answer.WALK and marks["last"] >= marks["first"]:
            raise ValueError("on a walk, 'last' lies before 'first'")
        if marks.get("more", 0) > 1:
            raise ValueError("on a pair, 'more' is 0 or 1")
        return self


class Verdict(StrEnum):
    """What became of one answer."""

    #: It counts, and is on disk.
    STORED = "stored"
    #: It was stored before; sending it again changed nothing.
    REPEATED = "repeated"
    #: The query has all its labels, or nobody is asked about it any more.
    CLOSED = "closed"
    #: It cannot be taken; the problem says why.
    REFUSED = "refused"


class Problem(BaseModel):
    """Why an answer was not taken."""

    slug: str
    detail: str


class AnswerVerdict(BaseModel):
    """The verdict on one answer of a list; it stands at the same place as its answer."""

    id: str | None
    query_id: int | None = None
    verdict: Verdict
    problem: Problem | None = None
    #: The project whose machine may have work now; not part of the answer to the browser.
    project_id: int | None = Field(None, exclude=True)


class Verdicts(BaseModel):
    """One verdict per answer, in the order of the answers."""

    verdicts: list[AnswerVerdict]


class LentQuery(BaseModel):
    """A query lent to the one who asked."""

    id: int
    image_url: str
    #: The image itself as a data URL, where it is small and has just been lent: a request less.
    image: str | None = None
    #: The round that posed it.
    round: int
    #: None where the project hides whether an image is imagined or real.
    origin: Origin | None
    expires_at: datetime
    class_ids: list[int]
    way: Way = Way.SINGLE
    #: Of a walk: the classes `from` and `to`; of a pair: the `class` that is asked about.
    about: dict[str, Any] = Field(default_factory=dict)
    #: Of a walk: its strip in order; of a pair: its two images; else none beyond `image_url`.
    image_urls: list[str] = Field(default_factory=list)
    #: The same images as data URLs, where all are small and the query has just been lent.
    images: list[str] = Field(default_factory=list)
    #: The hashes of what is shown, and whether the query was lent just now; not part of the answer.
    hashes: list[str] = Field(default_factory=list, exclude=True)
    fresh: bool = Field(False, exclude=True)


class ClassOut(BaseModel):
    """A class that an answer may name."""

    id: int
    name: str
    key: str


class PageSettings(BaseModel):
    """What the page needs to know of the project's settings."""

    claim_minutes: int
    show_origin: bool
    overlap: int
    #: How people are asked who have not chosen otherwise.
    way: UsualWay = UsualWay.SINGLE


class Preparing(BaseModel):
    """What the machine does meanwhile."""

    kind: StageKind
    #: Share done, in [0, 1]; None while it waits for its turn.
    share: float | None


class Claims(BaseModel):
    """Queries lent, or why there are none."""

    state: Lending
    #: Asking earlier than this brings nothing; None: not before something changes.
    retry_after_s: int | None
    #: A sentence for the person, where there is something to say.
    notice: str
    preparing: Preparing | None = None
    #: The server's clock, so that a browser with another one can tell when claims end.
    now: datetime
    queries: list[LentQuery]
    classes: list[ClassOut]
    settings: PageSettings


class Release(BaseModel):
    """Queries that are given back unanswered."""

    query_ids: Annotated[list[Id], Field(max_length=500)]


class Released(BaseModel):
    """How many claims were given back."""

    released: int


class Undone(BaseModel):
    """A label after it was taken back."""

    id: str
    query_id: int
    #: Whether the query can be answered again.
    open: bool
    project_id: int = Field(exclude=True)


class PastAnswer(BaseModel):
    """One of a person's own labels."""

    id: str
    query_id: int
    image_url: str
    origin: Origin | None
    way: Way
    #: What was asked about, and all images of a walk or a pair, as when it was lent.
    about: dict[str, Any]
    image_urls: list[str]
    answer: Answer
    class_id: int | None
    class_name: str | None
    #: Why it was unrecognizable, where that was said.
    refusal: Refusal | None = None
    #: What it marked: on a walk, a pair, or a skip for good.
    marks: dict[str, Any] | None = None
    answered_at: datetime
    undone: bool
    #: Whether the answer can still be changed.
    changeable: bool


class Measured(BaseModel):
    """How many holdout images a learner judged rightly."""

    right: int
    count: int


class CurveChange(BaseModel):
    """What happened to the learner since this person began."""

    before: Measured
    after: Measured


class CurvePoint(Measured):
    """What the learner of one round judged rightly, and which answers it had learned from."""

    #: Answers of everybody that were spent before, and how many of them this person gave.
    answers: int
    own: int


class Curve(BaseModel):
    """The learning curve of a project, with one person's part in it, in the order of the rounds."""

    points: list[CurvePoint]


class Progress(BaseModel):
    """A person's own work in a project."""

    answers_today: int
    answers_total: int
    refusals_total: int
    skips_total: int
    median_seconds: float | None
    #: Answers that the project's budget still allows; None is no cap.
    answers_left: int | None
    #: About how many answers today brings this person to, where the budget says it.
    about_today: int | None
    curve: CurveChange | None
    history: list[PastAnswer]


class ClassExamples(BaseModel):
    """A class with images that show it."""

    id: int
    name: str
    image_urls: list[str]


class Guidelines(BaseModel):
    """What a lead wants annotators to know."""

    question: str
    guidelines: str
    classes: list[ClassExamples]


class LabelPage(BaseModel):
    """What the annotator's page begins with, before anything is lent."""

    project_id: int
    project_name: str
    question: str
    #: Answers that the browser keeps belong to one person.
    user_id: int
    classes: list[ClassOut]
    settings: PageSettings
    preferences: Preferences
