"""What rounds read and write: the facts of the schedule, checkpoints, rounds, queries.

Knows tables and statements; what is due is decided in `schedule`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, exists, func, or_, select, update
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.tables import (
    Budget,
    Claim,
    Image,
    Import,
    Label,
    ModelCheckpoint,
    Project,
    ProjectClass,
    Query,
    Round,
    now,
)
from app.words import Origin, ProjectState, QueryState

_FOR_ALL = func.count().filter(Query.for_user_id.is_(None))
#: Within this time, somebody who labeled or holds queries counts as present.
PRESENCE = timedelta(minutes=3)


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
    """Count open queries for everybody, and the labels that all open ones still need.

    What is for one person alone, and may wait for them for long, holds nobody else up.
    """
    queries, labels = session.execute(
        select(_FOR_ALL, func.coalesce(func.sum(Query.overlap - Query.accepted), 0)).where(
            Query.project_id == project_id, Query.state == QueryState.OPEN
        )
    ).one()
    return int(queries), int(labels)


def lendable(session: Session, project_id: int, *, most: int) -> int:
    """Count open queries with a slot that nobody holds or has used; no further than to `most`.

    Whoever asks wants to know whether there are enough, and a queue may be long.
    """
    used = (
        select(func.count())
        .select_from(Claim)
        .where(
            Claim.query_id == Query.id,
            or_(Claim.expires_at.is_(None), Claim.expires_at > now()),
        )
        .scalar_subquery()
    )
    found = (
        select(Query.id)
        .where(
            Query.project_id == project_id,
            Query.state == QueryState.OPEN,
            Query.for_user_id.is_(None),
            used < Query.overlap,
        )
        .limit(most)
    )
    return session.scalar(select(func.count()).select_from(found.subquery())) or 0


def settled_since(session: Session, project_id: int, since: datetime | None) -> int:
    """Count queries that settled after a time; gold and repeats teach the learner nothing."""
    statement = (
        select(func.count())
        .select_from(Query)
        .where(
            Query.project_id == project_id,
            Query.state == QueryState.SETTLED,
            Query.for_user_id.is_(None),
        )
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


def require_project(session: Session, project_id: int) -> Project:
    """Find a project, or raise `NotFound`."""
    found = session.get(Project, project_id)
    if found is None:
        raise NotFound
    return found


def class_ids(session: Session, project_id: int) -> Sequence[int]:
    """List the classes in use, in their order."""
    return session.scalars(
        select(ProjectClass.id)
        .where(ProjectClass.project_id == project_id, ProjectClass.archived_at.is_(None))
        .order_by(ProjectClass.position, ProjectClass.id)
    ).all()


def add_checkpoint(
    session: Session,
    project_id: int,
    *,
    kind: str,
    name: str,
    version: int,
    artifact: str,
    facts: dict[str, Any],
) -> int:
    """Make a stored checkpoint count; returns its id."""
    row = ModelCheckpoint(
        project_id=project_id,
        kind=kind,
        name=name,
        version=version,
        artifact=artifact,
        facts=facts,
    )
    session.add(row)
    session.flush()
    return row.id


def add_round(session: Session, **values: Any) -> int:
    """Add a round; returns its id."""
    row = Round(**values)
    session.add(row)
    session.flush()
    return row.id


def pool_image_ids(
    session: Session, project_id: int, places: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], int]:
    """Map places (import, row in its array) to the pool's images."""
    found: dict[tuple[int, int], int] = {}
    for import_id in {place[0] for place in places}:
        rows = [row for each, row in places if each == import_id]
        statement = select(Image.row, Image.id).where(
            Image.project_id == project_id,
            Image.origin == Origin.POOL,
            Image.import_id == import_id,
            Image.row.in_(rows),
        )
        found.update({(import_id, row or 0): each for row, each in session.execute(statement)})
    return found


def rerank(session: Session, priorities: Mapping[int, float]) -> None:
    """Move queries that wait for people to where a newer learner wants them."""
    if priorities:
        session.execute(
            update(Query), [{"id": each, "priority": p} for each, p in priorities.items()]
        )


@dataclass(frozen=True)
class RoundCheckpoints:
    """What a round's accuracy is measured with."""

    learner: ModelCheckpoint
    features: ModelCheckpoint | None


def round_checkpoints(session: Session, project_id: int, number: int) -> RoundCheckpoints:
    """Find the learner of a round and the features it was fitted on, or raise `NotFound`."""
    found = session.scalar(
        select(Round).where(Round.project_id == project_id, Round.number == number)
    )
    learner = session.get(ModelCheckpoint, found.learner_id) if found and found.learner_id else None
    if found is None or learner is None:
        raise NotFound(f"Round {number} has no learner to evaluate.")
    features = session.get(ModelCheckpoint, found.features_id) if found.features_id else None
    return RoundCheckpoints(learner, features)


def set_accuracy(
    session: Session,
    project_id: int,
    number: int,
    *,
    right: int,
    count: int,
    facts: Mapping[str, float],
) -> None:
    """Store how many holdout images a learner judged rightly, and what else was measured."""
    measured = session.scalars(
        select(Round).where(Round.project_id == project_id, Round.number == number)
    ).one()
    measured.holdout_right, measured.holdout_count = right, count
    measured.facts = {**measured.facts, **facts}
