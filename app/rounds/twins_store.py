"""Labels that were given to a real image in place of an imagined one, in the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.tables import Image, Label, Query
from app.words import Outcome


def supporters(session: Session, project_id: int) -> Sequence[Row[Any]]:
    """List the labels that bear a query's outcome, with their twins, of every query settled on a
    class where somebody labeled a twin; by query, the first answer first.

    What a lead decided is about the image of the query itself.
    """
    twinned = select(Label.query_id).where(
        Label.project_id == project_id,
        Label.twin_image_id.is_not(None),
        Label.undone_at.is_(None),
    )
    return session.execute(
        select(
            Label.query_id,
            Label.class_id,
            Query.source,
            Image.import_id,
            Image.row,
            Image.sha256,
        )
        .join(Query, Query.id == Label.query_id)
        .outerjoin(Image, Image.id == Label.twin_image_id)
        .where(
            Query.id.in_(twinned),
            Query.outcome == Outcome.CLASS,
            Query.adjudicated_by.is_(None),
            Query.for_user_id.is_(None),
            Label.class_id == Query.outcome_class_id,
            Label.undone_at.is_(None),
        )
        .order_by(Label.query_id, Label.received_at, Label.id)
    ).all()
