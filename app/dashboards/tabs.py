"""The tabs of the lead's page: which there are, and what the open one needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, field_validator
from sqlalchemy.orm import Session

from app.dashboards import mosaic, people, sections, store
from app.dashboards.schemas import (
    AgreementRow,
    ClassRow,
    GeneratorNow,
    ImageCounts,
    PersonRow,
    QueryList,
    RoundRow,
    SourceRow,
    StageRow,
    WorkerRow,
)
from app.remarks import store as remarks_store
from app.words import Outcome, QueryState, Source

#: Rounds on one page of their tab.
ROUNDS_SHOWN = 20


class Tab(StrEnum):
    """The tabs, in their order."""

    ROUNDS = "rounds"
    QUERIES = "queries"
    IMAGES = "images"
    PEOPLE = "people"
    GENERATOR = "generator"
    ACTIVITY = "activity"


class Asked(BaseModel):
    """What the page's address asks for; an empty choice of a form is no choice."""

    model_config = ConfigDict(frozen=True)

    tab: Tab = Tab.ROUNDS
    target: float | None = Field(None, gt=0, lt=1)
    source: Source | None = None
    state: QueryState | None = None
    outcome: Outcome | None = None
    #: The last query or round of the page before.
    after: int | None = Field(None, ge=1)

    @field_validator("target", "source", "state", "outcome", "after", mode="before")
    @classmethod
    def _no_choice(cls, value: object) -> object:
        return None if value == "" else value

    @property
    def filter(self) -> store.Filter:
        """Which queries are asked for."""
        return store.Filter(self.source, self.state, self.outcome)


@dataclass(frozen=True)
class Open:
    """What the open tab shows; the others stay empty."""

    name: Tab
    rounds: list[RoundRow] = field(default_factory=list)
    queries: QueryList | None = None
    sources: list[SourceRow] = field(default_factory=list)
    #: Remarks that no lead has looked at.
    remarks: int = 0
    images: ImageCounts | None = None
    classes: list[ClassRow] = field(default_factory=list)
    people: list[PersonRow] = field(default_factory=list)
    agreement: list[AgreementRow] = field(default_factory=list)
    generator: GeneratorNow | None = None
    stages: list[StageRow] = field(default_factory=list)
    workers: list[WorkerRow] = field(default_factory=list)


def read(session: Session, project_id: int, asked: Asked) -> Open:
    """Read what the open tab shows, and nothing else."""
    match asked.tab:
        case Tab.ROUNDS:
            points = store.points(session, project_id)
            rows = sections.round_rows(
                session, project_id, points, before=asked.after, limit=ROUNDS_SHOWN
            )
            return Open(asked.tab, rounds=rows)
        case Tab.QUERIES:
            tallies = store.tallies(session, project_id)
            shown = mosaic.page(session, project_id, asked.filter, after=asked.after)
            waiting = remarks_store.count_unresolved(session, project_id)
            sources = sections.source_rows(tallies)
            return Open(asked.tab, queries=shown, sources=sources, remarks=waiting)
        case Tab.IMAGES:
            tallies = store.tallies(session, project_id)
            return Open(
                asked.tab,
                images=sections.image_counts(session, project_id),
                classes=sections.class_rows(session, project_id, tallies),
            )
        case Tab.PEOPLE:
            return Open(
                asked.tab,
                people=people.people(session, project_id),
                agreement=people.agreement(session, project_id),
            )
        case Tab.GENERATOR:
            return Open(asked.tab, generator=sections.generator(session, project_id))
        case Tab.ACTIVITY:
            stages = sections.stage_rows(session, project_id)
            return Open(asked.tab, stages=stages, workers=sections.worker_rows(session))
