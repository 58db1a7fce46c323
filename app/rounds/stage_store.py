"""Stages and workers in the database: whose turn it is, how far it is, who is alive.

Knows these two tables; what is due is decided in `schedule`, what a stage does in its body.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, func, select, update
from sqlalchemy.orm import Session

from app.engine import Ticket
from app.tables import Stage, Worker, now
from app.words import StageKind, StageState

_UNDER_WAY = (StageState.QUEUED, StageState.RUNNING)


def newest_attempts(session: Session, project_id: int) -> Sequence[Stage]:
    """List the newest attempt at each piece of work that may still matter."""
    newest = (
        select(Stage.kind, Stage.number, func.max(Stage.attempt).label("attempt"))
        .where(Stage.project_id == project_id)
        .group_by(Stage.kind, Stage.number)
        .subquery()
    )
    return session.scalars(
        select(Stage)
        .join(
            newest,
            and_(
                Stage.kind == newest.c.kind,
                Stage.number == newest.c.number,
                Stage.attempt == newest.c.attempt,
            ),
        )
        .where(Stage.project_id == project_id, Stage.state != StageState.DONE)
    ).all()


def newest_done(session: Session, project_id: int, kind: StageKind) -> int:
    """Return the highest number of a kind of work that is done; 0 without any."""
    done = select(func.max(Stage.number)).where(
        Stage.project_id == project_id, Stage.kind == kind, Stage.state == StageState.DONE
    )
    return session.scalar(done) or 0


def add_stage(
    session: Session, project_id: int, *, kind: StageKind, number: int, attempt: int
) -> Ticket:
    """Queue a stage; the unique key refuses a second one."""
    stage = Stage(project_id=project_id, kind=kind, number=number, attempt=attempt)
    session.add(stage)
    session.flush()
    return ticket(stage)


def ticket(stage: Stage) -> Ticket:
    """Make the engine's view of a stage."""
    return Ticket(stage.id, stage.project_id, stage.number, stage.kind, stage.attempt)


def stage(session: Session, stage_id: int) -> Stage | None:
    """Find a stage."""
    return session.get(Stage, stage_id)


def stages_waiting(session: Session, *, older_than: timedelta) -> Sequence[Stage]:
    """List queued stages that nobody has begun for a while."""
    return session.scalars(
        select(Stage).where(Stage.state == StageState.QUEUED, Stage.queued_at < now() - older_than)
    ).all()


def stages_running(session: Session) -> Sequence[Stage]:
    """List stages that some worker has begun."""
    return session.scalars(select(Stage).where(Stage.state == StageState.RUNNING)).all()


def begin(session: Session, stage_id: int, *, worker_id: str) -> Stage | None:
    """Mark a stage as begun, or return None when it is finished or canceled already.

    `begun` grows by one each time: whoever began it last is the only one who may finish it.
    """
    began = session.execute(
        update(Stage)
        .where(Stage.id == stage_id, Stage.state.in_(_UNDER_WAY))
        .values(
            state=StageState.RUNNING,
            begun=Stage.begun + 1,
            worker_id=worker_id,
            started_at=now(),
            finished_at=None,
            share=0.0,
            problem="",
        )
        .returning(Stage.id)
    ).scalar()
    return None if began is None else session.get(Stage, stage_id, populate_existing=True)


def report(
    session: Session, stage_id: int, *, begun: int, share: float, facts: dict[str, Any]
) -> bool:
    """Store how far a stage is; False when it is no longer ours."""
    return _change(session, stage_id, begun, share=share, facts=facts)


def finish(session: Session, stage_id: int, *, begun: int, facts: dict[str, Any]) -> bool:
    """Mark a stage as done; False when another has taken it over or it was canceled.

    Whatever the stage made is written in the same transaction, so it counts only if this holds.
    """
    return _change(
        session, stage_id, begun, state=StageState.DONE, share=1.0, facts=facts, finished_at=now()
    )


def fail(
    session: Session, stage_id: int, *, begun: int, problem: str, attempts: int | None
) -> bool:
    """Mark a stage as failed, with a sentence; given up after so many attempts, with None never."""
    return _change(
        session,
        stage_id,
        begun,
        state=StageState.FAILED,
        problem=problem[:500],
        final=attempts is not None and Stage.attempt >= attempts,
        finished_at=now(),
    )


def cancel(session: Session, stage_id: int) -> bool:
    """Mark a stage as canceled; False when it was over already."""
    changed = session.execute(
        update(Stage)
        .where(Stage.id == stage_id, Stage.state.in_(_UNDER_WAY))
        .values(state=StageState.CANCELED, finished_at=now(), final=True)
        .returning(Stage.id)
    ).scalar()
    return changed is not None


def seen(session: Session, worker_id: str) -> None:
    """Note that a worker is alive."""
    session.execute(update(Worker).where(Worker.id == worker_id).values(seen_at=now()))


def add_worker(session: Session, worker_id: str, *, host: str, pid: int) -> None:
    """Note that a worker has started."""
    session.add(Worker(id=worker_id, host=host, pid=pid))


def stop_worker(session: Session, worker_id: str) -> None:
    """Note that a worker has ended in order."""
    session.execute(update(Worker).where(Worker.id == worker_id).values(stopped_at=now()))


def stages_under_way(session: Session, project_id: int) -> Sequence[Stage]:
    """List a project's stages that are queued or running."""
    return session.scalars(
        select(Stage).where(Stage.project_id == project_id, Stage.state.in_(_UNDER_WAY))
    ).all()


def _change(session: Session, stage_id: int, begun: int, **values: Any) -> bool:
    changed = session.execute(
        update(Stage)
        .where(Stage.id == stage_id, Stage.state == StageState.RUNNING, Stage.begun == begun)
        .values(**values)
        .returning(Stage.id)
    ).scalar()
    return changed is not None
