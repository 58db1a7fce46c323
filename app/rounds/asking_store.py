"""What asking writes: imagined images, queries, and the images that a walk or a pair shows.

Knows tables and statements; what is asked is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.tables import Image, Query, QueryImage
from app.words import Origin


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
