"""What the lead's page reads. Every statement rests on an index, so that 100,000 queries are no
slower to watch than a hundred.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.dashboards.curve import Point
from app.tables import (
    Budget,
    Image,
    Label,
    Membership,
    ModelCheckpoint,
    Project,
    ProjectClass,
    Query,
    Round,
    Stage,
    User,
    Worker,
)
from app.words import Answer, Origin, Outcome, QueryState, Source, StageKind, StageState
from models.stopping import Agreement


class Tally(NamedTuple):
    """How many queries share a source, a state and an outcome."""

    source: Source
    state: QueryState
    outcome: Outcome | None
    class_id: int | None
    queries: int


class AnswerTally(NamedTuple):
    """How often one person gave one kind of answer, and when last."""

    user_id: int
    answer: Answer
    answers: int
    last_at: datetime


@dataclass(frozen=True)
class Filter:
    """Which queries the mosaic shows; None is any."""

    source: Source | None = None
    state: QueryState | None = None
    outcome: Outcome | None = None


class QueryLine(NamedTuple):
    """One query with what the mosaic says about it."""

    query: Query
    sha256: str
    origin: Origin
    round: int
    class_name: str | None


def project(session: Session, project_id: int) -> Project | None:
    """Find a project."""
    return session.get(Project, project_id)


def budget(session: Session, project_id: int) -> Budget | None:
    """Find a project's budget."""
    return session.get(Budget, project_id)


def points(session: Session, project_id: int) -> list[Point]:
    """List every round as a point, oldest first."""
    rows = session.execute(
        select(
            Round.number,
            Round.answers,
            Round.labeled,
            Round.refused,
            Round.holdout_right,
            Round.holdout_count,
            Round.facts["agreement"].as_float(),
            Round.facts["kappa"].as_float(),
            Round.facts["compared"].as_integer(),
        )
        .where(Round.project_id == project_id)
        .order_by(Round.number)
    )
    return [
        Point(number, answers, labeled, refused, right, count, _agreement(*compared))
        for number, answers, labeled, refused, right, count, *compared in rows
    ]


def _agreement(same: float | None, kappa: float | None, images: int | None) -> Agreement | None:
    if same is None or kappa is None or images is None:
        return None
    return Agreement(kappa, 1 - same, images)


def synthesis(session: Session, project_id: int) -> list[tuple[int, dict[str, Any]]]:
    """List the rounds that imagined images, by id, oldest first, with what the search told."""
    told = Round.facts["posing"][Source.SYNTHESIZED]
    rows = session.execute(
        select(Round.id, told)
        .where(Round.project_id == project_id, told.as_string().is_not(None))
        .order_by(Round.number)
    )
    return list(rows.tuples())


def rounds(session: Session, project_id: int, *, before: int | None, limit: int) -> Sequence[Round]:
    """List rounds, newest first, those below a number."""
    statement = select(Round).where(Round.project_id == project_id)
    if before is not None:
        statement = statement.where(Round.number < before)
    return session.scalars(statement.order_by(Round.number.desc()).limit(limit)).all()


def round_counts(
    session: Session, round_ids: Sequence[int], *, source: Source | None = None
) -> dict[int, dict[str, int]]:
    """Count the outcomes of some rounds' queries, of one source or of all."""
    counts: dict[int, dict[str, int]] = {round_id: {} for round_id in round_ids}
    statement = (
        select(Query.round_id, Query.outcome, func.count())
        .where(Query.round_id.in_(round_ids), Query.outcome.is_not(None))
        .group_by(Query.round_id, Query.outcome)
    )
    if source is not None:
        statement = statement.where(Query.source == source)
    rows = session.execute(statement)
    for round_id, outcome, number in rows:
        counts[round_id][str(outcome)] = number
    return counts


def newest_round(session: Session, project_id: int) -> tuple[int, int, int] | None:
    """Return the newest round's number and the number of rounds posed and measured."""
    row = session.execute(
        select(func.max(Round.number), func.count(), func.count(Round.holdout_count)).where(
            Round.project_id == project_id
        )
    ).one()
    return None if row[0] is None else (row[0], row[1], row[2])


def checkpoints(session: Session, project_id: int) -> dict[int, ModelCheckpoint]:
    """Return a project's checkpoints by id."""
    rows = session.scalars(
        select(ModelCheckpoint)
        .where(ModelCheckpoint.project_id == project_id)
        .order_by(ModelCheckpoint.id)
    )
    return {row.id: row for row in rows}


def tallies(session: Session, project_id: int) -> list[Tally]:
    """Count a project's queries by all that is ever asked of them together."""
    keys = (Query.source, Query.state, Query.outcome, Query.outcome_class_id)
    rows = session.execute(
        select(*keys, func.count()).where(Query.project_id == project_id).group_by(*keys)
    )
    return [Tally(*row) for row in rows]


def open_queries(session: Session, project_id: int) -> tuple[int, int]:
    """Count open queries, and the labels that they still take."""
    queries, labels = session.execute(
        select(func.count(), func.coalesce(func.sum(Query.overlap - Query.accepted), 0)).where(
            Query.project_id == project_id, Query.state == QueryState.OPEN
        )
    ).one()
    return int(queries), int(labels)


def images_by_origin(session: Session, project_id: int) -> dict[Origin, int]:
    """Count a project's images."""
    rows = session.execute(
        select(Image.origin, func.count())
        .where(Image.project_id == project_id)
        .group_by(Image.origin)
    )
    return dict(rows.tuples().all())


def holdout_by_class(session: Session, project_id: int) -> dict[int, int]:
    """Count the holdout's images by class."""
    rows = session.execute(
        select(Image.class_id, func.count())
        .where(Image.project_id == project_id, Image.origin == Origin.HOLDOUT)
        .group_by(Image.class_id)
    )
    return {class_id: number for class_id, number in rows if class_id is not None}


def classes(session: Session, project_id: int) -> Sequence[ProjectClass]:
    """List classes in the order of their buttons, archived ones last."""
    return session.scalars(
        select(ProjectClass)
        .where(ProjectClass.project_id == project_id)
        .order_by(ProjectClass.archived_at.is_not(None), ProjectClass.position)
    ).all()


def members(session: Session, project_id: int) -> list[tuple[int, str]]:
    """List members by id and name."""
    rows = session.execute(
        select(User.id, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.project_id == project_id)
    )
    return list(rows.tuples())


def names(session: Session, user_ids: Sequence[int]) -> dict[int, str]:
    """Return people's names by id."""
    rows = session.execute(select(User.id, User.name).where(User.id.in_(user_ids)))
    return dict(rows.tuples().all())


def answer_tallies(session: Session, project_id: int) -> list[AnswerTally]:
    """Count answers by person and kind; undone ones do not count."""
    rows = session.execute(
        select(Label.user_id, Label.answer, func.count(), func.max(Label.received_at))
        .where(Label.project_id == project_id, Label.undone_at.is_(None))
        .group_by(Label.user_id, Label.answer)
    )
    return [AnswerTally(*row) for row in rows]


def latest_durations(
    session: Session, project_id: int, user_id: int, *, limit: int
) -> Sequence[int]:
    """List the milliseconds of one person's latest answers, skips aside."""
    return session.scalars(
        select(Label.duration_ms)
        .where(
            Label.project_id == project_id,
            Label.user_id == user_id,
            Label.undone_at.is_(None),
            Label.answer != Answer.SKIP,
            Label.duration_ms > 0,
        )
        .order_by(Label.received_at.desc())
        .limit(limit)
    ).all()


def stages(session: Session, project_id: int, *, limit: int = 40) -> Sequence[Stage]:
    """List stages, newest first."""
    return session.scalars(
        select(Stage).where(Stage.project_id == project_id).order_by(Stage.id.desc()).limit(limit)
    ).all()


def stages_under_way(session: Session, project_id: int) -> Sequence[Stage]:
    """List stages that run or wait for a worker, running ones first."""
    under_way = (StageState.QUEUED, StageState.RUNNING)
    return session.scalars(
        select(Stage)
        .where(Stage.project_id == project_id, Stage.state.in_(under_way))
        .order_by(Stage.started_at.is_(None), Stage.id)
    ).all()


def newest_of_each_kind(session: Session, project_id: int) -> Sequence[Stage]:
    """List the newest stage of each kind."""
    newest = select(func.max(Stage.id)).where(Stage.project_id == project_id).group_by(Stage.kind)
    return session.scalars(select(Stage).where(Stage.id.in_(newest)).order_by(Stage.id)).all()


def generator_stages(session: Session, project_id: int) -> Sequence[Stage]:
    """List the stages that trained or train a generator, newest first."""
    return session.scalars(
        select(Stage)
        .where(Stage.project_id == project_id, Stage.kind == StageKind.TRAIN_GENERATOR)
        .order_by(Stage.id.desc())
    ).all()


def workers(session: Session, *, limit: int = 20) -> Sequence[Worker]:
    """List workers, the latest seen first."""
    return session.scalars(select(Worker).order_by(Worker.seen_at.desc()).limit(limit)).all()


def worker_last_seen(session: Session) -> datetime | None:
    """Return when any worker was last seen."""
    return session.scalar(select(func.max(Worker.seen_at)))


def queries(
    session: Session, project_id: int, wanted: Filter, *, after: int | None, limit: int
) -> list[QueryLine]:
    """List queries, newest first, those below an id."""
    statement = _query_lines().where(Query.project_id == project_id)
    if wanted.source:
        statement = statement.where(Query.source == wanted.source)
    if wanted.state:
        statement = statement.where(Query.state == wanted.state)
    if wanted.outcome:
        statement = statement.where(Query.outcome == wanted.outcome)
    if after is not None:
        statement = statement.where(Query.id < after)
    rows = session.execute(statement.order_by(Query.id.desc()).limit(limit))
    return [QueryLine(*row) for row in rows]


def query(session: Session, project_id: int, query_id: int) -> QueryLine | None:
    """Find one query of a project."""
    row = session.execute(
        _query_lines().where(Query.project_id == project_id, Query.id == query_id)
    ).first()
    return None if row is None else QueryLine(*row)


def _query_lines() -> Select[tuple[Query, str, Origin, int, str]]:
    return (
        select(Query, Image.sha256, Image.origin, Round.number, ProjectClass.name)
        .join(Image, Image.id == Query.image_id)
        .join(Round, Round.id == Query.round_id)
        .outerjoin(ProjectClass, ProjectClass.id == Query.outcome_class_id)
    )


def query_labels(session: Session, query_id: int) -> list[tuple[Label, str, str | None]]:
    """List a query's labels with the annotator's name and the class's."""
    rows = session.execute(
        select(Label, User.name, ProjectClass.name)
        .join(User, User.id == Label.user_id)
        .outerjoin(ProjectClass, ProjectClass.id == Label.class_id)
        .where(Label.query_id == query_id)
        .order_by(Label.received_at)
    )
    return list(rows.tuples())


def round_of(session: Session, round_id: int) -> Round:
    """Return the round that a query belongs to."""
    return session.get_one(Round, round_id)
