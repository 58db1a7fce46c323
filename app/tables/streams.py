"""Images that arrive one by one, and what became of each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.tables.base import Base, now, parent
from app.words import StreamVerdict


class Stream(Base):
    """What a project's stream strategy remembers between two images."""

    __tablename__ = "streams"

    project_id: Mapped[int] = parent("projects.id", primary_key=True)
    #: Whose state it is; another strategy begins anew.
    strategy: Mapped[str] = mapped_column(String(64))
    state: Mapped[dict[str, Any]] = mapped_column(default=dict)


class StreamImage(Base):
    """An image that somebody sent, under an id of their own, and the verdict on it."""

    __tablename__ = "stream_images"
    __table_args__ = (
        UniqueConstraint("project_id", "client_id"),
        # Finds the oldest one that waits, and the last ones that were judged.
        Index("stream_images_verdicts", "project_id", "verdict", "id"),
    )

    #: In the order of arrival.
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = parent("projects.id")
    #: Made by whoever sends it: the same id again is the same image.
    client_id: Mapped[str] = mapped_column(String(64))
    #: SHA-256 of the bytes as they were sent.
    content: Mapped[str] = mapped_column(String(64))
    image_id: Mapped[int] = parent("images.id")
    verdict: Mapped[StreamVerdict] = mapped_column(default=StreamVerdict.WAITING)
    #: Why, as a word of `app.streams.reasons`; empty while it waits.
    reason: Mapped[str] = mapped_column(String(32), default="")
    #: How certain the learner was, and below what it would have been asked; None if not judged.
    certainty: Mapped[float | None]
    threshold: Mapped[float | None]
    query_id: Mapped[int | None] = mapped_column(ForeignKey("queries.id", ondelete="SET NULL"))
    received_at: Mapped[datetime] = mapped_column(default=now)
    judged_at: Mapped[datetime | None]
