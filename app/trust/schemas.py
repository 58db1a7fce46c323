"""Shapes of disputes and of what a lead decides."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.words import Answer, Outcome, QueryState


class Vote(BaseModel):
    """What one person said."""

    user_id: int
    name: str
    answer: Answer
    class_id: int | None
    class_name: str | None
    duration_ms: int
    #: What an answer of theirs counts where people disagree.
    weight: float


class Dispute(BaseModel):
    """A query on which people disagree."""

    id: int
    round: int
    image_url: str
    #: Whether the image was imagined.
    imagined: bool
    votes: list[Vote]
    #: Whether somebody else could still be asked.
    may_ask: bool


class DisputePage(BaseModel):
    """Disputes, the oldest first."""

    items: list[Dispute]
    #: All that wait for a decision.
    total: int
    #: Pass as `after` for the next page; null on the last one.
    next: int | None


class Decision(BaseModel):
    """What a lead says that a query shows."""

    model_config = ConfigDict(
        extra="forbid",
        populate_by_name=True,
        json_schema_extra={"example": {"answer": "class", "class": 1}},
    )

    answer: Literal[Answer.CLASS, Answer.UNRECOGNIZABLE]
    class_: int | None = Field(None, alias="class", ge=1, lt=2**31)

    @model_validator(mode="after")
    def _class_with_a_class_alone(self) -> Self:
        if (self.answer is Answer.CLASS) is (self.class_ is None):
            raise ValueError("name a class with the answer `class`, and with no other")
        return self


class Decided(BaseModel):
    """How a query stands now."""

    id: int
    state: QueryState
    outcome: Outcome | None
    class_id: int | None
    overlap: int
    #: Who decided; null: the labels did.
    adjudicated_by: int | None
