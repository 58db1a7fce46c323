"""What the machine side reads and writes: the facts of the schedule, and stages.

Knows tables and statements; what is due is decided in `schedule`, what a stage does in `stages`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from app.engine import Ticket
from app.tables import (
    Budget,
    Claim,
    Image,
    Import,
    Label,
    ModelCheckpoint,
    Project,
    Query,
    Round,
    Stage,
    Worker,
    now,
)
from app.words import Origin, ProjectState, QueryState, StageKind, StageState

#: Within this time, somebody who labeled or holds queries counts as present.
PRESENCE = timedelta(minutes=3)

_UNDER_WAY = (StageState.QUEUED, StageState.RUNNING)


def project(session: Session, project_id: int) -> Project | None:
    """Find a project."""
    return session.get(Project, project_id)


def projects_to_watch(session: Session) -> Sequence[int]:
    """List projects that may have work due: running ones, and those with an import to do."""
    waiting = exists().where(Import.project_id == Project.id, Import.done_at.is_(None))
    running = Project.state == ProjectState.RUNNING
    return session.scalars(select(Project.id).where(or_(running, waiting))).all()


def unfinished_imports(session: Session, project_id: int) -> Sequence[int]:
    """List imports that are not done."""
    return session.scalars(
        select(Import.id).where(Import.project_id == project_id, Import.done_at.is_(None))
    ).all()


def import_counts(session: Session, project_id: int) -> tuple[int, int]:
    """Count pool and holdout images."""
    pool, holdout = session.execute(
        select(
            func.coalesce(func.sum(Import.pool_count), 0),
            func.coalesce(func.sum(Import.holdout_count), 0),
        ).where(Import.project_id == project_id, Import.done_at.is_not(None))
    ).one()
    return int(pool), int(holdout)


def newest_checkpoint(session: Session, project_id: int, kind: str) -> ModelCheckpoint | None:
    """Find the newest checkpoint of a kind."""
    return session.scalar(
        select(ModelCheckpoint)
        .where(ModelCheckpoint.project_id == project_id, ModelCheckpoint.kind == kind)
        .order_by(ModelCheckpoint.version.desc())
        .limit(1)
    )


def newest_round(session: Session, project_id: int) -> Round | None:
    """Find the newest round."""
    return session.scalar(
        select(Round).where(Round.project_id == project_id).order_by(Round.number.desc()).limit(1)
    )


def open_counts(session: Session, project_id: int) -> tuple[int, int]:
    """Count open queries, and the labels that they still need."""
    queries, labels = session.execute(
        select(func.count(), func.coalesce(func.sum(Query.overlap - Query.accepted), 0)).where(
            Query.project_id == project_id, Query.state == QueryState.OPEN
        )
    ).one()
    return int(queries), int(labels)


def lendable(session: Session, project_id: int) -> int:
    """Count open queries with a slot that nobody holds or has used."""
    used = (
        select(func.count())
        .select_from(Claim)
        .where(
            Claim.query_id == Query.id,
            or_(Claim.expires_at.is_(None), Claim.expires_at > now()),
        )
        .scalar_subquery()
    )
    return (
        session.scalar(
            select(func.count())
            .select_from(Query)
            .where(
                Query.project_id == project_id, Query.state == QueryState.OPEN, used < Query.overlap
            )
        )
        or 0
    )


def settled_since(session: Session, project_id: int, since: datetime | None) -> int:
    """Count queries settled after a time."""
    statement = (
        select(func.count())
        .select_from(Query)
        .where(Query.project_id == project_id, Query.state == QueryState.SETTLED)
    )
    if since is not None:
        statement = statement.where(Query.settled_at > since)
    return session.scalar(statement) or 0


def people_present(session: Session, project_id: int) -> int:
    """Count people who labeled, or were lent queries, within the last minutes."""
    since = now() - PRESENCE
    labeled = select(Label.user_id).where(Label.project_id == project_id, Label.received_at > since)
    holding = select(Claim.user_id).where(Claim.project_id == project_id, Claim.expires_at > now())
    return session.scalar(select(func.count()).select_from(labeled.union(holding).subquery())) or 0


def budget(session: Session, project_id: int) -> Budget | None:
    """Find what the project may spend and has spent."""
    return session.get(Budget, project_id)


def unevaluated_rounds(session: Session, project_id: int) -> Sequence[int]:
    """List rounds whose learner's accuracy is not measured, newest first."""
    return session.scalars(
        select(Round.number)
        .where(
            Round.project_id == project_id,
            Round.learner_id.is_not(None),
            Round.holdout_count.is_(None),
        )
        .order_by(Round.number.desc())
    ).all()


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


def fail(session: Session, stage_id: int, *, begun: int, problem: str, final: bool) -> bool:
    """Mark a stage as failed, with a sentence; `final` when trying again cannot help."""
    return _change(
        session,
        stage_id,
        begun,
        state=StageState.FAILED,
        problem=problem[:500],
        final=final,
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


def _change(session: Session, stage_id: int, begun: int, **values: Any) -> bool:
    changed = session.execute(
        update(Stage)
        .where(Stage.id == stage_id, Stage.state == StageState.RUNNING, Stage.begun == begun)
        .values(**values)
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


def import_rows(session: Session, project_id: int) -> Sequence[Row[tuple[int, str, str, int, int]]]:
    """List the finished imports with their arrays, oldest first."""
    return session.execute(
        select(
            Import.id,
            Import.pool_array,
            Import.holdout_array,
            Import.pool_count,
            Import.holdout_count,
        )
        .where(Import.project_id == project_id, Import.done_at.is_not(None))
        .order_by(Import.id)
    ).all()


def holdout_classes(
    session: Session, project_id: int
) -> Sequence[Row[tuple[int | None, int | None, int | None]]]:
    """List import, row and class of every holdout image, in the arrays' order."""
    return session.execute(
        select(Image.import_id, Image.row, Image.class_id)
        .where(Image.project_id == project_id, Image.origin == Origin.HOLDOUT)
        .order_by(Image.import_id, Image.row)
    ).all()


def stages_under_way(session: Session, project_id: int) -> Sequence[Stage]:
    """List a project's stages that are queued or running."""
    return session.scalars(
        select(Stage).where(Stage.project_id == project_id, Stage.state.in_(_UNDER_WAY))
    ).all()
