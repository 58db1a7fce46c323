"""Shapes of the stream's API."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from app.words import StreamVerdict


class StreamItem(BaseModel):
    """What became of one image that was sent."""

    #: As the sender called it.
    id: str
    verdict: StreamVerdict
    #: A word; `detail` says it in a sentence.
    reason: str
    detail: str
    #: The query it became, or that its picture was already.
    query_id: int | None = None
    #: How certain the learner was, and below what it would have been asked.
    certainty: float | None = None
    threshold: float | None = None
    received_at: datetime | None = None
    judged_at: datetime | None = None


class StreamItems(BaseModel):
    """One verdict for each image that was sent, in their order."""

    items: list[StreamItem]
