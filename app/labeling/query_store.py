"""What is told of one query on request, in the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from app.tables import Claim, Image, Label, ProjectClass, Query, now
from app.words import Origin


def find(session: Session, query_id: int) -> Query | None:
    """Find a query."""
    return session.get(Query, query_id)


def has_answered(session: Session, query_id: int, user_id: int) -> bool:
    """Whether somebody's answer to a query stands."""
    mine = Label.query_id == query_id, Label.user_id == user_id, Label.undone_at.is_(None)
    return bool(session.scalar(select(exists().where(*mine))))


def was_lent(session: Session, query_id: int, user_id: int) -> bool:
    """Whether somebody holds a query, or has ever answered it."""
    held = Claim.query_id == query_id, Claim.user_id == user_id
    holds = exists().where(*held, or_(Claim.expires_at.is_(None), Claim.expires_at > now()))
    answered = exists().where(Label.query_id == query_id, Label.user_id == user_id)
    return bool(session.scalar(select(or_(holds, answered))))


def unasked_images(
    session: Session, project_id: int, image_ids: Collection[int]
) -> Mapping[int, str]:
    """Map those of the pool's images that nobody was asked about since to their hashes."""
    asked = exists().where(Query.project_id == project_id, Query.image_id == Image.id)
    rows = session.execute(
        select(Image.id, Image.sha256).where(
            Image.project_id == project_id,
            Image.id.in_(image_ids),
            Image.origin == Origin.POOL,
            ~asked,
        )
    )
    return dict(rows.tuples().all())


def class_names(session: Session, project_id: int) -> Mapping[int, str]:
    """Name all classes of a project, archived ones included."""
    rows = session.execute(
        select(ProjectClass.id, ProjectClass.name).where(ProjectClass.project_id == project_id)
    )
    return dict(rows.tuples().all())


def images_of(session: Session, project_id: int, query_ids: Collection[int]) -> Mapping[int, str]:
    """Map queries of a project to the hashes of their images."""
    rows = session.execute(
        select(Query.id, Image.sha256)
        .join(Image, Image.id == Query.image_id)
        .where(Query.project_id == project_id, Query.id.in_(query_ids))
    )
    return dict(rows.tuples().all())
