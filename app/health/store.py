"""SQL that tells how much waits and whether a worker is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.tables import Budget, Query, Stage, Worker
from app.words import QueryState, StageState


@dataclass(frozen=True)
class Counts:
    """What the database says at one moment."""

    open_queries: int
    queued_stages: int
    running_stages: int
    answers_spent: int


def counts(session: Session) -> Counts:
    """Count open queries, waiting stages and answers over all projects."""
    by_state = select(func.count()).select_from(Stage)
    opened = select(func.count()).select_from(Query).where(Query.state == QueryState.OPEN)
    return Counts(
        open_queries=session.scalar(opened) or 0,
        queued_stages=session.scalar(by_state.where(Stage.state == StageState.QUEUED)) or 0,
        running_stages=session.scalar(by_state.where(Stage.state == StageState.RUNNING)) or 0,
        answers_spent=session.scalar(select(func.sum(Budget.answers_spent))) or 0,
    )


def worker_seen_at(session: Session) -> datetime | None:
    """Return when any worker was last seen, or None if there never was one."""
    return session.scalar(select(func.max(Worker.seen_at)).where(Worker.stopped_at.is_(None)))
