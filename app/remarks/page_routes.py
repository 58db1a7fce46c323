"""The page on which a lead reads what people remarked."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from app import pages as html
from app.accounts import auth
from app.errors import NotFound
from app.labeling import store as labeling_store
from app.remarks import service
from app.transactions import Reading

pages = APIRouter(include_in_schema=False)

#: Remarks on one page.
SHOWN = 30


@pages.get("/projects/{project_id}/remarks", dependencies=[Depends(auth.lead)])
def show_remarks(
    request: Request, project_id: int, session: Reading, after: UUID | None = None
) -> HTMLResponse:
    """Show remarks: what nobody has looked at first."""
    project = labeling_store.project(session, project_id)
    if project is None:
        raise NotFound
    return html.render(
        request,
        "remarks/remarks.html",
        project_id=project_id,
        project_name=project.name,
        remarks=service.page(session, project_id, after=after, limit=SHOWN),
    )
