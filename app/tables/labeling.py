"""Queries, who holds them, and what people answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.tables.base import Base, now, parent
from app.words import Answer, Outcome, QueryState, Refusal, Source, Way


class Query(Base):
    """One image put to annotators, with everything needed to replay it."""

    __tablename__ = "queries"
    __table_args__ = (
        # No image is asked twice, save of one person alone: gold and repeats.
        Index(
            "queries_once",
            "project_id",
            "image_id",
            unique=True,
            sqlite_where=text("for_user_id IS NULL"),
            postgresql_where=text("for_user_id IS NULL"),
        ),
        # In the order of lending, so that the next query is found without sorting.
        Index("queries_open", "project_id", "state", text("priority DESC"), "id"),
        Index("queries_round", "round_id"),
        # Covers what the lead's page counts, so that 100,000 queries are counted in milliseconds.
        Index("queries_counts", "project_id", "source", "state", "outcome", "outcome_class_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = parent("projects.id")
    round_id: Mapped[int] = parent("rounds.id")
    image_id: Mapped[int] = parent("images.id")
    source: Mapped[Source]
    way: Mapped[Way] = mapped_column(default=Way.SINGLE)
    #: Of a walk: the classes `from` and `to`; of a pair: the `class` that is asked about.
    about: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: Gold and repeats are for one person; None: whoever asks first.
    for_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    #: Of a repeat: the query that the person answered before.
    repeat_of: Mapped[int | None] = mapped_column(ForeignKey("queries.id", ondelete="CASCADE"))
    #: Labels it needs.
    overlap: Mapped[int] = mapped_column(default=1)
    #: Labels that count so far; never more than `overlap`.
    accepted: Mapped[int] = mapped_column(default=0)
    skips: Mapped[int] = mapped_column(default=0)
    state: Mapped[QueryState] = mapped_column(default=QueryState.OPEN)
    outcome: Mapped[Outcome | None]
    outcome_class_id: Mapped[int | None] = mapped_column(ForeignKey("classes.id"))
    #: Of a walk or a pair: the marks that its label set.
    outcome_marks: Mapped[dict[str, Any] | None]
    settled_at: Mapped[datetime | None]
    #: Who decided where annotators disagreed; None: their labels did.
    adjudicated_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    #: Higher is lent first; moved when a newer learner re-ranks the queue.
    priority: Mapped[float] = mapped_column(default=0.0)
    utility: Mapped[float | None]
    margin: Mapped[float | None]
    #: Predicted chance that a person can name the image.
    recognizability: Mapped[float | None]
    #: Strategy, options, seed, latent: with the round's checkpoints, enough to replay it.
    provenance: Mapped[dict[str, Any]] = mapped_column(default=dict)


class QueryImage(Base):
    """A further image of a query: a walk's strip in its order, or the second image of a pair."""

    __tablename__ = "query_images"

    query_id: Mapped[int] = parent("queries.id", primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    image_id: Mapped[int] = parent("images.id", index=True)


class Claim(Base):
    """A query lent to one annotator until a time; kept without one once it is answered."""

    __tablename__ = "claims"
    __table_args__ = (
        UniqueConstraint("query_id", "user_id"),
        Index("claims_user", "user_id", "expires_at"),
        Index("claims_expiry", "project_id", "expires_at"),
    )

    query_id: Mapped[int] = parent("queries.id", primary_key=True)
    #: 0 to overlap - 1: the key that makes lending atomic.
    slot: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = parent("projects.id")
    user_id: Mapped[int] = parent("users.id")
    #: None: answered, so the slot is used up.
    expires_at: Mapped[datetime | None]


class Label(Base):
    """The stored answer of one annotator to one query; its id was made in the browser."""

    __tablename__ = "labels"
    __table_args__ = (
        Index(
            "labels_once",
            "query_id",
            "user_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
        Index("labels_project", "project_id", "received_at", "id"),
        Index("labels_user", "project_id", "user_id", "received_at"),
        Index("labels_counts", "project_id", "undone_at", "user_id", "answer", "received_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[int] = parent("projects.id")
    query_id: Mapped[int] = parent("queries.id")
    user_id: Mapped[int] = parent("users.id")
    answer: Mapped[Answer]
    class_id: Mapped[int | None] = mapped_column(ForeignKey("classes.id"))
    #: Why it is unrecognizable, where that was said.
    refusal: Mapped[Refusal | None]
    #: On which page it was given.
    way: Mapped[Way] = mapped_column(default=Way.SINGLE)
    #: On a walk `last` and `first`, positions in the strip; on a pair `more`, 0 or 1.
    marks: Mapped[dict[str, Any] | None]
    #: The real image that was labeled in place of the synthesized one.
    twin_image_id: Mapped[int | None] = mapped_column(ForeignKey("images.id"))
    #: From the image's first paint to the key press.
    duration_ms: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime] = mapped_column(default=now)
    undone_at: Mapped[datetime | None]


class Remark(Base):
    """What somebody wants the lead to know about a query; its id was made in the browser."""

    __tablename__ = "remarks"
    __table_args__ = (Index("remarks_project", "project_id", "at", "id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[int] = parent("projects.id")
    query_id: Mapped[int] = parent("queries.id", index=True)
    user_id: Mapped[int] = parent("users.id")
    text: Mapped[str] = mapped_column(Text, default="")
    #: Whether somebody should look.
    flagged: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(default=now)
    #: When a lead had looked.
    resolved_at: Mapped[datetime | None]


class Preferences(Base):
    """How one person likes to label in one project: keys, way of asking."""

    __tablename__ = "preferences"

    project_id: Mapped[int] = parent("projects.id", primary_key=True)
    user_id: Mapped[int] = parent("users.id", primary_key=True, index=True)
    choices: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Reliability(Base):
    """How far one annotator's answers can be trusted in one project, as last assessed."""

    __tablename__ = "reliabilities"

    project_id: Mapped[int] = parent("projects.id", primary_key=True)
    user_id: Mapped[int] = parent("users.id", primary_key=True, index=True)
    #: What their answers count beside others', in [0, 1].
    weight: Mapped[float] = mapped_column(default=1.0)
    #: Counts of gold, repeats and agreement, and what follows from them.
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: What a lead should know, as a word of `app.trust`; empty if nothing.
    warning: Mapped[str] = mapped_column(String(32), default="")
    at: Mapped[datetime] = mapped_column(default=now)
