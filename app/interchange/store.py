"""SQL of imports and exports. Knows no rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Row, case, func, insert, select, tuple_, update
from sqlalchemy.orm import Session, aliased

from app.tables import (
    Image,
    Import,
    Label,
    Project,
    ProjectClass,
    Query,
    Round,
    Stage,
    User,
    Worker,
    now,
)
from app.words import Origin, StageKind

#: Values in one statement.
_MANY = 500
_ROWS = 5000


@dataclass(frozen=True)
class Published:
    """What a finished import leaves in its row."""

    pool_array: str
    holdout_array: str
    pool_count: int
    holdout_count: int
    report: dict[str, Any]


def add_import(session: Session, project_id: int, request: dict[str, Any]) -> Import:
    """Add an import that is due."""
    added = Import(project_id=project_id, request=request)
    session.add(added)
    session.flush()
    return added


def find_import(session: Session, import_id: int) -> Import | None:
    """Find an import."""
    return session.get(Import, import_id)


def imports(session: Session, project_id: int, *, after: int, limit: int) -> Sequence[Import]:
    """List a project's imports by id."""
    statement = select(Import).where(Import.project_id == project_id, Import.id > after)
    return session.scalars(statement.order_by(Import.id).limit(limit)).all()


def newest_stages(session: Session, imports: Sequence[Import]) -> dict[int, Stage]:
    """Return the newest stage of each import."""
    statement = (
        select(Stage)
        .where(
            Stage.project_id.in_({each.project_id for each in imports}),
            Stage.kind == StageKind.IMPORT_POOL,
            Stage.number.in_([each.id for each in imports]),
        )
        .order_by(Stage.attempt)
    )
    return {stage.number: stage for stage in session.scalars(statement)}


def worker_seen(session: Session, since: datetime) -> bool:
    """Whether a worker has shown itself since then."""
    found = select(Worker.id).where(Worker.seen_at > since, Worker.stopped_at.is_(None))
    return session.scalar(found.limit(1)) is not None


def project(session: Session, project_id: int) -> Project | None:
    """Find a project."""
    return session.get(Project, project_id)


def lock_project(session: Session, project_id: int) -> Project:
    """Find a project and keep other writers of it out until the transaction ends."""
    statement = select(Project).where(Project.id == project_id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def classes(session: Session, project_id: int) -> Sequence[ProjectClass]:
    """List the classes that are not archived, in their order."""
    return session.scalars(
        select(ProjectClass)
        .where(ProjectClass.project_id == project_id, ProjectClass.archived_at.is_(None))
        .order_by(ProjectClass.position, ProjectClass.id)
    ).all()


def measured_classes(session: Session, project_id: int) -> Sequence[str]:
    """Return the names of the classes that occur in the holdout."""
    return session.scalars(
        select(ProjectClass.name)
        .join(Image, Image.class_id == ProjectClass.id)
        .where(Image.project_id == project_id, Image.origin == Origin.HOLDOUT)
        .distinct()
    ).all()


def pool_count(session: Session, project_id: int) -> int:
    """Count the images of the pool."""
    counted = select(func.sum(Import.pool_count)).where(Import.project_id == project_id)
    return int(session.scalar(counted) or 0)


def newest_image(session: Session, project_id: int) -> int:
    """Return the id of the project's newest image, 0 without any."""
    newest = select(func.max(Image.id)).where(Image.project_id == project_id)
    return session.scalar(newest) or 0


def origins(
    session: Session, project_id: int, hashes: Iterable[str], *, after: int = 0
) -> dict[str, Origin]:
    """Return the origin of those pictures that the project has, newer than an image."""
    found: dict[str, Origin] = {}
    for part in _parts(hashes, _MANY):
        rows = session.execute(
            select(Image.sha256, Image.origin).where(
                Image.project_id == project_id, Image.id > after, Image.sha256.in_(part)
            )
        )
        found.update((row.sha256, row.origin) for row in rows)
    return found


def _parts(values: Iterable[str], size: int) -> Iterator[list[str]]:
    remaining = iter(values)
    while part := list(islice(remaining, size)):
        yield part


def publish(session: Session, import_id: int, published: Published) -> bool:
    """Mark an import as done, if nobody did so before."""
    result = session.execute(
        update(Import)
        .where(Import.id == import_id, Import.done_at.is_(None))
        .values(
            done_at=now(),
            pool_array=published.pool_array,
            holdout_array=published.holdout_array,
            pool_count=published.pool_count,
            holdout_count=published.holdout_count,
            report=published.report,
        )
        .execution_options(synchronize_session=False)
    )
    return bool(result.rowcount)  # type: ignore[attr-defined]


def set_problem(session: Session, import_id: int, report: dict[str, Any], *, over: bool) -> None:
    """Write down why an import failed, and whether it is over."""
    values: dict[str, Any] = {"report": report}
    if over:
        values["done_at"] = now()
    session.execute(
        update(Import).where(Import.id == import_id, Import.done_at.is_(None)).values(values)
    )


def add_images(session: Session, rows: Iterator[Mapping[str, Any]]) -> None:
    """Add many images."""
    while part := list(islice(rows, _ROWS)):
        session.execute(insert(Image), part)


#: Where a page of labels ends: when the last one was received, and its id.
Place = tuple[datetime, str]


def labels(
    session: Session, project_id: int, *, after: Place | None, until: datetime, limit: int
) -> Sequence[Row[Any]]:
    """Read labels with all that an export says of them, in the order in which they came."""
    chosen, settled = aliased(ProjectClass), aliased(ProjectClass)
    twin = aliased(Image)  # the image that was labeled, where it is not the query's own
    statement = (
        select(
            Label.id.label("label_id"),
            Label.query_id,
            func.coalesce(twin.sha256, Image.sha256).label("image_sha256"),
            case((twin.id.is_not(None), twin.name), else_=Image.name).label("image_name"),
            func.coalesce(twin.origin, Image.origin).label("image_origin"),
            Query.source,
            Round.number.label("round"),
            User.email.label("annotator_email"),
            User.name.label("annotator_name"),
            Label.answer,
            chosen.name.label("class"),
            Label.duration_ms,
            Label.received_at,
            Label.undone_at,
            Query.outcome,
            settled.name.label("outcome_class"),
        )
        .join(Query, Query.id == Label.query_id)
        .join(Image, Image.id == Query.image_id)
        .outerjoin(twin, twin.id == Label.twin_image_id)
        .join(Round, Round.id == Query.round_id)
        .join(User, User.id == Label.user_id)
        .outerjoin(chosen, chosen.id == Label.class_id)
        .outerjoin(settled, settled.id == Query.outcome_class_id)
        .where(Label.project_id == project_id, Label.received_at <= until)
    )
    if after is not None:
        statement = statement.where(tuple_(Label.received_at, Label.id) > after)
    return session.execute(statement.order_by(Label.received_at, Label.id).limit(limit)).all()
