"""What the doctor reads: workers, stages that were given up, files that rows refer to.

Knows tables and statements; what is wrong with them is said in `doctor`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, Row, and_, func, inspect, select, text
from sqlalchemy.orm import Session

from app.tables import Import, ModelCheckpoint, Project, Stage, Worker
from app.words import ProjectState, StageKind, StageState


@dataclass(frozen=True)
class GivenUp:
    """A stage that nothing tries again by itself."""

    project_id: int
    project: str
    kind: StageKind
    problem: str


def journal_mode(session: Session) -> str:
    """Return how SQLite keeps its journal."""
    return str(session.execute(text("PRAGMA journal_mode")).scalar_one())


def has_engine_tables(engine: Engine) -> bool:
    """Whether the engine's own tables are there; on Postgres they have a schema of their own."""
    schema = None if engine.dialect.name == "sqlite" else "dbos"
    return inspect(engine).has_table("workflow_status", schema=schema)


def workers(session: Session) -> Sequence[Row[tuple[str, datetime]]]:
    """List the workers that have not ended in order, the one seen last first."""
    return session.execute(
        select(Worker.id, Worker.seen_at)
        .where(Worker.stopped_at.is_(None))
        .order_by(Worker.seen_at.desc())
        .limit(50)
    ).all()


def given_up(session: Session) -> list[GivenUp]:
    """List stages whose newest attempt failed for good; an import that is over is left out."""
    newest = (
        select(Stage.project_id, Stage.kind, Stage.number, func.max(Stage.attempt).label("attempt"))
        .group_by(Stage.project_id, Stage.kind, Stage.number)
        .subquery()
    )
    rows = session.execute(
        select(Stage.project_id, Project.name, Stage.kind, Stage.problem)
        .join(Project, Project.id == Stage.project_id)
        .join(
            newest,
            and_(
                Stage.project_id == newest.c.project_id,
                Stage.kind == newest.c.kind,
                Stage.number == newest.c.number,
                Stage.attempt == newest.c.attempt,
            ),
        )
        .outerjoin(Import, and_(Stage.kind == StageKind.IMPORT_POOL, Import.id == Stage.number))
        .where(
            Stage.state == StageState.FAILED,
            Stage.final.is_(True),
            Project.state != ProjectState.FINISHED,
            Import.done_at.is_(None),
        )
        .order_by(Stage.id)
    )
    return [GivenUp(*row) for row in rows.tuples()]


def checkpoint_artifacts(session: Session) -> Sequence[str]:
    """List the files of all checkpoints."""
    return session.scalars(select(ModelCheckpoint.artifact)).all()


def import_artifacts(session: Session) -> list[str]:
    """List the arrays of all imports that brought something in."""
    pools = session.scalars(select(Import.pool_array).where(Import.pool_count > 0))
    holdouts = session.scalars(select(Import.holdout_array).where(Import.holdout_count > 0))
    return [*pools, *holdouts]
