"""The lead's page over REST, its events, and what may be done to a stage."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Query, Response
from sse_starlette import EventSourceResponse

from app import artifacts, engine
from app.accounts import auth
from app.dashboards import downloads, events, mosaic, sections, service
from app.dashboards.schemas import Dashboard, QueryDetails, QueryList
from app.dashboards.store import Filter
from app.errors import NotFound
from app.rounds import control
from app.rounds.wake import wake
from app.transactions import Reading, Writing
from app.words import Outcome, QueryState, Source

router = APIRouter(
    prefix="/projects/{project_id}", tags=["dashboard"], dependencies=[Depends(auth.lead)]
)
_FOREVER = "private, max-age=31536000, immutable"


@router.get("/dashboard")
def read_dashboard(
    project_id: int,
    session: Reading,
    target: Annotated[float | None, Query(gt=0.0, lt=1.0)] = None,
) -> Dashboard:
    """Everything that the lead's page shows, with a forecast to a target accuracy."""
    return service.dashboard(session, project_id, target)


@router.get("/events", response_class=EventSourceResponse)
async def stream_events(project_id: int) -> EventSourceResponse:
    """Server-sent events: `changed` with a snapshot now and after every change."""
    changes = events.changes(partial(events.read, project_id))
    return EventSourceResponse(changes, ping=events.HEARTBEAT_SECONDS)


@router.get("/queries")
def list_queries(
    project_id: int,
    session: Reading,
    source: Source | None = None,
    state: QueryState | None = None,
    outcome: Outcome | None = None,
    after: Annotated[int | None, Query(ge=1)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 60,
) -> QueryList:
    """Queries, newest first."""
    wanted = Filter(source, state, outcome)
    return mosaic.page(session, project_id, wanted, after=after, limit=limit)


@router.get("/queries/{query_id}")
def read_query(project_id: int, query_id: int, session: Reading) -> QueryDetails:
    """One query with its answers and everything needed to replay it."""
    return mosaic.details(session, project_id, query_id)


@router.get("/figures/{figure}.csv", response_class=Response)
def download_figure(project_id: int, figure: downloads.Figure, session: Reading) -> Response:
    """One figure of the page, whole, as CSV."""
    name = f"project-{project_id}-{figure}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    text = downloads.as_csv(session, project_id, figure)
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/sheets/{sha256}.png", response_class=Response)
def read_sheet(project_id: int, sha256: str, session: Reading) -> Response:
    """A sheet of what this project's generator draws."""
    if not sections.has_sheet(session, project_id, sha256):
        raise NotFound
    png = artifacts.read(artifacts.image_name(sha256))
    return Response(png, media_type="image/png", headers={"Cache-Control": _FOREVER})


@router.post("/stages/{stage_id}/cancel", status_code=204)
def cancel_stage(
    project_id: int, stage_id: int, session: Writing, background: BackgroundTasks
) -> None:
    """Cancel a stage that is under way."""
    control.cancel(session, project_id, stage_id)
    background.add_task(wake, project_id)


@router.post("/stages/{stage_id}/retry", status_code=204)
def retry_stage(
    project_id: int, stage_id: int, session: Writing, background: BackgroundTasks
) -> None:
    """Queue a failed or canceled stage once more."""
    background.add_task(engine.enqueue, control.retry(session, project_id, stage_id))
