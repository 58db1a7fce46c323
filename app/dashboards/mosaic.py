"""The queries themselves: a mosaic of them, and one in every detail."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.dashboards import sections, store
from app.dashboards.schemas import LabelRow, QueryDetails, QueryList, QueryRow
from app.errors import NotFound


def page(
    session: Session,
    project_id: int,
    wanted: store.Filter,
    *,
    after: int | None = None,
    limit: int = 60,
) -> QueryList:
    """List queries, newest first."""
    lines = store.queries(session, project_id, wanted, after=after, limit=limit + 1)
    shown = [_row(line) for line in lines[:limit]]
    return QueryList(items=shown, next=shown[-1].id if len(lines) > limit else None)


def details(session: Session, project_id: int, query_id: int) -> QueryDetails:
    """Describe one query, its answers and where it comes from."""
    line = store.query(session, project_id, query_id)
    if line is None:
        raise NotFound
    query, round_row = line.query, store.round_of(session, line.query.round_id)
    checkpoints = store.checkpoints(session, project_id)
    return QueryDetails(
        **_row(line).model_dump(),
        origin=line.origin,
        skips=query.skips,
        settled_at=query.settled_at,
        utility=query.utility,
        margin=query.margin,
        recognizability=query.recognizability,
        checkpoints=sections.checkpoint_names(round_row, checkpoints),
        provenance=query.provenance,
        labels=_labels(session, query_id),
    )


def _row(line: store.QueryLine) -> QueryRow:
    query = line.query
    return QueryRow(
        id=query.id,
        sha256=line.sha256,
        round=line.round,
        source=query.source,
        state=query.state,
        outcome=query.outcome,
        class_name=line.class_name,
        accepted=query.accepted,
        overlap=query.overlap,
    )


def _labels(session: Session, query_id: int) -> list[LabelRow]:
    return [
        LabelRow(
            name=name,
            answer=label.answer,
            class_name=class_name,
            duration_ms=label.duration_ms,
            received_at=label.received_at,
            undone=label.undone_at is not None,
            of_twin=label.twin_image_id is not None,
        )
        for label, name, class_name in store.query_labels(session, query_id)
    ]
