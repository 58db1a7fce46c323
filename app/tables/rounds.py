"""The machine side: workers, stages, checkpoints, rounds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.tables.base import Base, now, parent
from app.words import StageKind, StageState


class Worker(Base):
    """A worker process; alive while it holds its liveness lock."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    host: Mapped[str] = mapped_column(String(100))
    pid: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    stopped_at: Mapped[datetime | None]


class Stage(Base):
    """One piece of machine work; `project:number:kind:attempt` is its id in the engine."""

    __tablename__ = "stages"
    __table_args__ = (
        UniqueConstraint("project_id", "number", "kind", "attempt"),
        Index("stages_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = parent("projects.id")
    kind: Mapped[StageKind]
    #: The import, version or round that it works on.
    number: Mapped[int]
    attempt: Mapped[int] = mapped_column(default=1)
    state: Mapped[StageState] = mapped_column(default=StageState.QUEUED)
    #: How often a worker has begun it; more than one means that a worker died in it.
    begun: Mapped[int] = mapped_column(default=0)
    #: Share done, in [0, 1].
    share: Mapped[float] = mapped_column(default=0.0)
    #: Loss, epoch, sample sheet and the like.
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: What went wrong, in a sentence.
    problem: Mapped[str] = mapped_column(String(500), default="")
    #: Whether trying again cannot help.
    final: Mapped[bool] = mapped_column(default=False)
    worker_id: Mapped[str | None] = mapped_column(String(64))
    queued_at: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class ModelCheckpoint(Base):
    """Saved weights plus facts of features, a generator, a learner or a recognizability head."""

    __tablename__ = "checkpoints"
    __table_args__ = (UniqueConstraint("project_id", "kind", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = parent("projects.id")
    #: As in `models.interfaces.Checkpoint`.
    kind: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    artifact: Mapped[str] = mapped_column(String(300))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Round(Base):
    """One turn of the loop: fit, pose, label."""

    __tablename__ = "rounds"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = parent("projects.id")
    number: Mapped[int]
    settings_version: Mapped[int]
    seed: Mapped[int] = mapped_column(BigInteger)
    #: Slots by source, as filled, and why they differ from the settings' mix.
    mix: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: Strategy by source, seconds by step, learner's facts.
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    features_id: Mapped[int | None] = mapped_column(ForeignKey("checkpoints.id"))
    generator_id: Mapped[int | None] = mapped_column(ForeignKey("checkpoints.id"))
    learner_id: Mapped[int | None] = mapped_column(ForeignKey("checkpoints.id"))
    recognizability_id: Mapped[int | None] = mapped_column(ForeignKey("checkpoints.id"))
    #: Answers spent, and outcomes with a class, when the learner was fitted.
    answers: Mapped[int] = mapped_column(default=0)
    labeled: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    #: Holdout images judged rightly, of how many; None until evaluated.
    holdout_right: Mapped[int | None]
    holdout_count: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
