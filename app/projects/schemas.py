"""Shapes of requests and answers about projects. Programs rely on them: add, never change."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from app.projects.settings import ProjectSettings
from app.projects.settings_guide import Change, FieldGuide, PresetGuide
from app.projects.texts import Line, Name, Paragraphs
from app.words import ProjectState, Role

_MONEY = {"max_digits": 12, "decimal_places": 4, "allow_inf_nan": False}


class Request(BaseModel):
    """What a client sends: nothing beyond the fields that are named."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


def _example(**values: Any) -> ConfigDict:
    return ConfigDict(extra="forbid", allow_inf_nan=False, json_schema_extra={"examples": [values]})


class NewClass(Request):
    """A class to add; without a key it gets the next free one, with an empty key none."""

    model_config = _example(name="five", key="5")

    name: Name
    key: str | None = Field(None, max_length=20)


def _named(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


_ClassOrName = Annotated[NewClass, BeforeValidator(_named, json_schema_input_type=str | NewClass)]


class NewProject(Request):
    """A project to create; a class is a name, or a name with a key."""

    model_config = _example(
        name="Fives and sevens",
        question="Which digit is this?",
        guidelines="Answer what you see first.",
        classes=["five", {"name": "seven", "key": "7"}],
        preset="default",
    )

    name: Name
    question: Line = ""
    guidelines: Paragraphs = ""
    classes: list[_ClassOrName] = Field([], max_length=200)
    #: `default` or `paper`; leave it out where settings are given.
    preset: str | None = None
    settings: ProjectSettings | None = None

    @model_validator(mode="after")
    def _preset_or_settings(self) -> Self:
        if self.preset is not None and self.settings is not None:
            raise ValueError("give either a preset or settings, not both")
        return self


class ProjectPatch(Request):
    """What to change of a project; what is left out stays."""

    model_config = _example(question="Which digit is this?")

    name: Name | None = None
    question: Line | None = None
    guidelines: Paragraphs | None = None


class ClassPatch(Request):
    """What to change of a class; what is left out stays."""

    model_config = _example(name="five", key="5", position=0, archived=False)

    name: Name | None = None
    #: Empty: no key.
    key: str | None = Field(None, max_length=20)
    #: 0 is first.
    position: int | None = Field(None, ge=0, lt=200)
    archived: bool | None = None


class BudgetPut(Request):
    """All caps of a project; what is left out or null is no cap."""

    model_config = _example(max_answers=5000, price_per_answer="0.04", max_cost="100.00")

    max_answers: int | None = Field(None, ge=1, le=1_000_000_000)
    price_per_answer: Annotated[Decimal, Field(ge=0, le=1_000_000, **_MONEY)] = Decimal(0)
    max_cost: Annotated[Decimal, Field(gt=0, **_MONEY)] | None = None
    #: Answers of each annotator in a day (UTC).
    max_daily: int | None = Field(None, ge=1, le=1_000_000)


class SettingsPut(Request):
    """All settings, and the version they were made from."""

    model_config = _example(version=1, settings={"batch_size": 20, "overlap": 1})

    #: As `GET …/settings` answered; somebody else's change in between is never overwritten.
    version: int = Field(ge=1)
    settings: ProjectSettings


class SettingsDraft(Request):
    """Settings that somebody considers."""

    settings: dict[str, Any]


class MemberPut(Request):
    """Somebody's role."""

    model_config = _example(role="annotator")

    role: Role


class NewMember(MemberPut):
    """Somebody to add by the address of their account."""

    model_config = _example(email="ada@example.org", role="annotator")

    email: str = Field(min_length=3, max_length=254)


class ClassOut(BaseModel):
    """A class."""

    id: int
    name: str
    key: str
    position: int
    archived: bool
    #: Answers that name it.
    answers: int


class BudgetOut(BaseModel):
    """A budget, what is spent of it, and what it means in words."""

    max_answers: int | None
    price_per_answer: Decimal
    max_cost: Decimal | None
    #: Answers of each annotator in a day (UTC).
    max_daily: int | None
    answers_spent: int
    cost_spent: Decimal
    #: None: no cap.
    answers_left: int | None
    consequence: str


class ImagesOut(BaseModel):
    """How many images a project has."""

    pool: int
    holdout: int
    imports_under_way: int


class AccuracyOut(BaseModel):
    """The newest measurement on the holdout."""

    share: float
    right: int
    count: int
    #: Answers given when it was measured.
    answers: int
    round: int


class NextStepOut(BaseModel):
    """What to do next, and where: a section of the settings, `label`, `watch` or nowhere."""

    text: str
    place: str


class ProjectSummary(BaseModel):
    """A project in a list."""

    id: int
    name: str
    question: str
    state: ProjectState
    #: Why the machine itself stopped; empty otherwise.
    notice: str
    #: The role of the person who asks.
    role: Role
    classes: int
    images: ImagesOut
    budget: BudgetOut
    accuracy: AccuracyOut | None
    next_step: NextStepOut
    created_at: datetime


class ShapeOut(BaseModel):
    """The working size of images."""

    channels: int
    height: int
    width: int


class ProjectOut(ProjectSummary):
    """A project with everything people set up."""

    guidelines: str
    class_list: list[ClassOut]
    settings_version: int
    #: None until the first import is read.
    image_shape: ShapeOut | None


class PersonOut(BaseModel):
    """Who did something."""

    id: int
    name: str


class SettingsOut(BaseModel):
    """The settings now, and what each of them means and allows."""

    version: int
    settings: ProjectSettings
    takes_effect: str
    #: What each value brings, by field.
    consequences: dict[str, str]
    #: Fields that can no longer change, and why.
    fixed: dict[str, str]
    fields: list[FieldGuide]
    presets: list[PresetGuide]


class FieldProblem(BaseModel):
    """What is wrong with a field."""

    field: str
    sentence: str


class SettingsCheck(BaseModel):
    """What saving these settings would change; nothing was saved."""

    problems: list[FieldProblem]
    changes: list[Change]
    consequences: dict[str, str]


class SettingsVersionOut(BaseModel):
    """One version: who set it, when, and what it changed."""

    version: int
    at: datetime
    by: PersonOut | None
    changes: list[Change]
    settings: dict[str, Any]


class MemberOut(BaseModel):
    """A member, and how many answers they gave."""

    user_id: int
    name: str
    email: str
    role: Role
    answers: int
    #: Whether they may no longer sign in.
    disabled: bool
    since: datetime


class AuditOut(BaseModel):
    """Who did what, in facts and in words."""

    id: int
    at: datetime
    by: PersonOut | None
    action: str
    facts: dict[str, Any]
    sentence: str


class ProjectPage(BaseModel):
    """Projects by id; ask again with `after=next`."""

    items: list[ProjectSummary]
    next: int | None


class ClassPage(BaseModel):
    """All classes of a project, in their order."""

    items: list[ClassOut]
    next: int | None = None


class MemberPage(BaseModel):
    """Members by user id; ask again with `after=next`."""

    items: list[MemberOut]
    next: int | None


class VersionPage(BaseModel):
    """Versions, newest first; ask again with `after=next` for older ones."""

    items: list[SettingsVersionOut]
    next: int | None


class AuditPage(BaseModel):
    """Entries, newest first; ask again with `after=next` for older ones."""

    items: list[AuditOut]
    next: int | None
