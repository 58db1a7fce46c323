"""What streams read and write. Knows tables and statements; knows no strategy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, delete, exists, func, select, update
from sqlalchemy.orm import Session

from app import database
from app.tables import Image, Project, Query, Round, Stage, Stream, StreamImage, now
from app.words import Origin, Source, StageKind, StageState, StreamVerdict


def project(session: Session, project_id: int) -> Project | None:
    """Find a project."""
    return session.get(Project, project_id)


def sent(session: Session, project_id: int, client_ids: Sequence[str]) -> dict[str, StreamImage]:
    """Find images by the ids that they were sent under."""
    rows = session.scalars(
        select(StreamImage)
        .where(StreamImage.project_id == project_id, StreamImage.client_id.in_(client_ids))
        .execution_options(populate_existing=True)
    )
    return {row.client_id: row for row in rows}


def waiting_count(session: Session, project_id: int) -> int:
    """Count images without a verdict."""
    return session.scalar(select(func.count()).where(*_waits(project_id))) or 0


def oldest_waiting(session: Session, project_id: int) -> int | None:
    """Return the id of the image that has waited longest, None if none does."""
    return session.scalar(select(func.min(StreamImage.id)).where(*_waits(project_id)))


def streams(session: Session, project_id: int) -> bool:
    """Whether images have ever been sent to a project."""
    return bool(session.scalar(select(exists().where(StreamImage.project_id == project_id))))


def learned_round(session: Session, project_id: int) -> Round | None:
    """Find the newest round that has a learner."""
    return session.scalar(
        select(Round)
        .where(Round.project_id == project_id, Round.learner_id.is_not(None))
        .order_by(Round.number.desc())
        .limit(1)
    )


def image(session: Session, project_id: int, sha256: str) -> Image | None:
    """Find a picture of a project by its bytes."""
    return session.scalar(
        select(Image).where(Image.project_id == project_id, Image.sha256 == sha256)
    )


def query_of(session: Session, image_id: int) -> int | None:
    """Return the query that an image became, None if it was never asked."""
    return session.scalar(select(Query.id).where(Query.image_id == image_id))


def add_image(session: Session, project_id: int, sha256: str) -> int | None:
    """Add an image; None when the project has these very bytes already."""
    return session.scalar(
        database.upsert(session, Image)
        .values(project_id=project_id, sha256=sha256, name="", origin=Origin.STREAM)
        .on_conflict_do_nothing()
        .returning(Image.id)
    )


def add(session: Session, project_id: int, **values: Any) -> bool:
    """Note an image that was sent; False when another request was faster with its id."""
    written = {"verdict": StreamVerdict.WAITING, "reason": "", "received_at": now(), **values}
    added = session.scalar(
        database.upsert(session, StreamImage)
        .values(project_id=project_id, **written)
        .on_conflict_do_nothing()
        .returning(StreamImage.id)
    )
    return added is not None


def to_judge(
    session: Session, project_id: int, *, limit: int
) -> Sequence[Row[tuple[int, int, str]]]:
    """List images without a verdict in their order: id, image, and the hash of its PNG."""
    return session.execute(
        select(StreamImage.id, StreamImage.image_id, Image.sha256)
        .join(Image, Image.id == StreamImage.image_id)
        .where(*_waits(project_id))
        .order_by(StreamImage.id)
        .limit(limit)
    ).all()


def last_judged(session: Session, project_id: int, *, limit: int) -> list[str]:
    """List the hashes of the last images that a strategy has judged, oldest first."""
    if limit == 0:
        return []
    hashes = session.scalars(
        select(Image.sha256)
        .join(StreamImage, StreamImage.image_id == Image.id)
        .where(StreamImage.project_id == project_id, StreamImage.certainty.is_not(None))
        .order_by(StreamImage.id.desc())
        .limit(limit)
    ).all()
    return list(reversed(hashes))


def state(session: Session, project_id: int) -> Stream | None:
    """Find what the project's strategy remembers."""
    return session.get(Stream, project_id, populate_existing=True)


def set_state(session: Session, project_id: int, *, strategy: str, state: dict[str, Any]) -> None:
    """Keep what the project's strategy remembers."""
    session.merge(Stream(project_id=project_id, strategy=strategy, state=state))


def add_query(session: Session, project_id: int, round_id: int, **values: Any) -> int:
    """Put an image of the stream to annotators; returns the query's id."""
    row = Query(project_id=project_id, round_id=round_id, source=Source.STREAM, **values)
    session.add(row)
    session.flush()
    return row.id


def set_verdict(session: Session, row_id: int, **values: Any) -> None:
    """Write down what becomes of an image."""
    session.execute(
        update(StreamImage).where(StreamImage.id == row_id).values(judged_at=now(), **values)
    )


def forget_stages(session: Session, project_id: int, *, before: int) -> None:
    """Drop the rows of older stages of this kind that are done: there would be one per image."""
    session.execute(
        delete(Stage).where(
            Stage.project_id == project_id,
            Stage.kind == StageKind.JUDGE_STREAM,
            Stage.state == StageState.DONE,
            Stage.id < before,
        )
    )


def _waits(project_id: int) -> tuple[Any, Any]:
    return StreamImage.project_id == project_id, StreamImage.verdict == StreamVerdict.WAITING
