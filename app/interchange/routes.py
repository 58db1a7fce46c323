"""The REST API of imports and exports."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Query
from fastapi.responses import StreamingResponse

from app import database
from app.accounts import auth
from app.interchange import exporting, receiving, service
from app.interchange.exporting import ExportFormat
from app.interchange.receiving import Received, Upload
from app.interchange.schemas import ImportPage, ImportRequest, ImportView
from app.rounds.wake import wake
from app.transactions import Reading

router = APIRouter()

_LEAD = [Depends(auth.lead)]
_TYPES = {ExportFormat.CSV: "text/csv; charset=utf-8", ExportFormat.JSONL: "application/jsonl"}


@router.post(
    "/projects/{project_id}/imports",
    status_code=202,
    tags=["imports"],
    openapi_extra=receiving.BODY,
)
def request_import(
    project_id: int,
    asked: Annotated[Received, Depends(receiving.received)],
    background: BackgroundTasks,
) -> ImportView:
    """Ask for an import: a form with a .zip, .npz, .npy or IDX file, or JSON with a source.

    Poll the import until its state is `done` or `failed`; nothing counts before.
    """
    view = _requested(project_id, asked)
    background.add_task(wake, project_id)
    return view


def _requested(project_id: int, asked: Received) -> ImportView:
    """Store an upload before the transaction begins, so that no transaction waits for bytes."""
    actor, wanted = asked
    if isinstance(wanted, Upload):
        labels = wanted.labels.file if wanted.labels else None
        name = wanted.file.filename or ""
        source = service.store_upload(project_id, wanted.file.file, name, labels)
        request = ImportRequest(source=source, **wanted.choices.model_dump())
        with database.writing() as session:
            added = service.request_import(session, project_id, request, by=actor.user_id)
            return service.views(session, [added])[0]
    with database.writing() as session:
        added = service.request_server_import(
            session, project_id, wanted, by=actor.user_id, is_admin=actor.is_admin
        )
        return service.views(session, [added])[0]


@router.get("/projects/{project_id}/imports", tags=["imports"], dependencies=_LEAD)
def list_imports(
    project_id: int,
    session: Reading,
    after: Annotated[int, Query(ge=0, lt=2**31)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ImportPage:
    """List imports, oldest first: how far each is, and what became of its files."""
    return service.page(session, project_id, after=after, limit=limit)


@router.get("/projects/{project_id}/imports/{import_id}", tags=["imports"], dependencies=_LEAD)
def get_import(project_id: int, import_id: int, session: Reading) -> ImportView:
    """Show one import: its state, how far it is, and what became of its files."""
    return service.view(session, project_id, import_id)


@router.get("/projects/{project_id}/labels.csv", tags=["labels"], dependencies=_LEAD)
def labels_csv(project_id: int) -> StreamingResponse:
    """Stream all labels as CSV; texts that begin like a formula get an apostrophe in front."""
    return _export(project_id, ExportFormat.CSV)


@router.get("/projects/{project_id}/labels.jsonl", tags=["labels"], dependencies=_LEAD)
def labels_jsonl(project_id: int) -> StreamingResponse:
    """Stream all labels as JSON Lines, one object per label."""
    return _export(project_id, ExportFormat.JSONL)


def _export(project_id: int, format: ExportFormat) -> StreamingResponse:
    name = f"labels-of-project-{project_id}.{format}"
    return StreamingResponse(
        exporting.stream(project_id, format),
        media_type=_TYPES[format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
