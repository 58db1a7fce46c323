"""The page on which a lead decides what people disagree on."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from app import pages as html
from app.accounts import auth
from app.errors import NotFound
from app.labeling import store as labeling_store
from app.transactions import Reading
from app.trust import adjudication

pages = APIRouter(include_in_schema=False)

#: Disputes on one page; the next ones come when these are decided.
SHOWN = 30


@pages.get("/projects/{project_id}/disputes", dependencies=[Depends(auth.lead)])
def show_disputes(
    request: Request,
    project_id: int,
    session: Reading,
    after: Annotated[int, Query(ge=0, lt=2**31)] = 0,
) -> HTMLResponse:
    """Show what waits for a decision."""
    project = labeling_store.project(session, project_id)
    if project is None:
        raise NotFound
    return html.render(
        request,
        "trust/disputes.html",
        project_id=project_id,
        project_name=project.name,
        question=project.question,
        classes=labeling_store.active_classes(session, project_id),
        disputes=adjudication.page(session, project_id, after=after, limit=SHOWN),
    )
