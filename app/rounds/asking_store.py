"""Queries as rounds write and read them: images, what people settled on, where they came from.

Knows tables and statements; what is asked is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.tables import Image, ModelCheckpoint, Query, QueryImage, Round
from app.words import Origin, Outcome


def add_synthesized_image(session: Session, project_id: int, sha256: str) -> int | None:
    """Add an imagined image; None when the project has these very bytes already."""
    known = select(Image.id).where(Image.project_id == project_id, Image.sha256 == sha256)
    if session.scalar(known) is not None:
        return None
    row = Image(project_id=project_id, sha256=sha256, origin=Origin.SYNTHESIZED)
    session.add(row)
    session.flush()
    return row.id


def synthesized_image(session: Session, project_id: int, sha256: str) -> int:
    """Find or add an imagined image: a walk may pass where another one did."""
    known = select(Image.id).where(Image.project_id == project_id, Image.sha256 == sha256)
    found = session.scalar(known)
    return found or cast(int, add_synthesized_image(session, project_id, sha256))


def add_query(session: Session, project_id: int, round_id: int, **values: Any) -> int:
    """Put an image to annotators; returns the query's id."""
    row = Query(project_id=project_id, round_id=round_id, **values)
    session.add(row)
    session.flush()
    return row.id


def add_query_images(session: Session, query_id: int, image_ids: Sequence[int]) -> None:
    """Say which images a walk or a pair shows, in order."""
    session.add_all(
        QueryImage(query_id=query_id, position=position, image_id=image_id)
        for position, image_id in enumerate(image_ids)
    )


def asked(session: Session, project_id: int) -> Sequence[Row[Any]]:
    """List every query ever posed with its image and outcome, oldest first.

    Gold and repeats are left out: they are never learned from.
    """
    return session.execute(
        select(
            Query.id,
            Query.source,
            Query.state,
            Query.outcome,
            Query.outcome_class_id,
            Query.margin,
            Query.provenance,
            Image.import_id,
            Image.row,
            Image.sha256,
        )
        .join(Image, Image.id == Query.image_id)
        .where(Query.project_id == project_id, Query.for_user_id.is_(None))
        .order_by(Query.id)
    ).all()


def marked(session: Session, project_id: int, outcome: Outcome) -> Sequence[Row[Any]]:
    """List the images of every walk, or of every pair, that people marked: in order, with what it
    was about and its marks.
    """
    return session.execute(
        select(
            Query.id,
            Query.source,
            Query.about,
            Query.outcome_marks,
            QueryImage.position,
            Image.import_id,
            Image.row,
            Image.sha256,
        )
        .join(QueryImage, QueryImage.query_id == Query.id)
        .join(Image, Image.id == QueryImage.image_id)
        .where(Query.project_id == project_id, Query.outcome == outcome)
        .order_by(Query.id, QueryImage.position)
    ).all()


@dataclass(frozen=True)
class QueryOrigin:
    """Where a query's images came from."""

    sha256: str
    provenance: dict[str, Any]
    generator: ModelCheckpoint | None
    #: Of a walk: SHA-256 of its frames, in order.
    strip: tuple[str, ...] = ()


def query_origin(session: Session, query_id: int) -> QueryOrigin | None:
    """Find what a query can be replayed from."""
    found = session.execute(
        select(Image.sha256, Query.provenance, Round.generator_id)
        .select_from(Query)
        .join(Image, Image.id == Query.image_id)
        .join(Round, Round.id == Query.round_id)
        .where(Query.id == query_id)
    ).one_or_none()
    if found is None:
        return None
    generator = session.get(ModelCheckpoint, found.generator_id) if found.generator_id else None
    strip = session.scalars(
        select(Image.sha256)
        .join(QueryImage, QueryImage.image_id == Image.id)
        .where(QueryImage.query_id == query_id)
        .order_by(QueryImage.position)
    )
    return QueryOrigin(found.sha256, found.provenance, generator, tuple(strip))
