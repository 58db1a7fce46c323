"""Shapes of remarks, as they are sent and told."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool, field_validator, model_validator

from app.labeling.schemas import Id

#: Longest text; a lead reads many of them.
LONGEST = 1000

#: Signs that no keyboard types and that can make a text look like another one.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
#: Joins and line breaks, which are writing.
_WRITTEN = {"\n", "\u200c", "\u200d"}


class RemarkIn(BaseModel):
    """A remark, as the browser sends it."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "example": {
                "id": "4b5e0c1e-8a34-4c0e-9d64-2f5b8f2c7f11",
                "query_id": 1,
                "text": "Cut off at the left.",
                "flagged": True,
            }
        },
    )

    #: A UUID made where the remark was written.
    id: UUID
    query_id: Id
    text: Annotated[str, Field(max_length=LONGEST)] = ""
    #: Whether somebody should look.
    flagged: StrictBool = False

    @field_validator("text")
    @classmethod
    def _readable(cls, text: str) -> str:
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").strip()
        if any(unicodedata.category(sign) in _UNSEEN and sign not in _WRITTEN for sign in text):
            raise ValueError("the text has signs that cannot be seen; write it as plain text")
        return text

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.text and not self.flagged:
            raise ValueError("write something, or flag the query")
        return self


class Kept(BaseModel):
    """A remark that is on disk."""

    id: str
    query_id: int
    at: datetime


class Remark(BaseModel):
    """A remark, as a lead sees it."""

    id: str
    query_id: int
    round: int
    image_url: str
    user_id: int
    #: Who left it.
    name: str
    text: str
    flagged: bool
    at: datetime
    #: When a lead had looked; null: nobody has.
    resolved_at: datetime | None


class RemarkPage(BaseModel):
    """Remarks: what nobody has looked at first, then the newest first."""

    items: list[Remark]
    #: How many nobody has looked at.
    unresolved: int
    #: Pass as `after` for the next page; null on the last one.
    next: str | None
