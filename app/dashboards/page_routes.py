"""The lead's page as HTML: the first row, the curve, and one tab at a time."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse

from app import pages as html
from app.accounts import auth
from app.dashboards import facts, figures, mosaic, plotly_bundle, service, tabs
from app.dashboards.machine import TITLES
from app.errors import NotFound
from app.projects.budgets import money
from app.transactions import Reading
from app.words import Outcome, QueryState, Role, Source

pages = APIRouter(include_in_schema=False)


@pages.get("/projects/{project_id}", dependencies=[Depends(auth.annotator)])
def show_dashboard(
    request: Request,
    project_id: int,
    session: Reading,
    asked: Annotated[tabs.Asked, Query()],
) -> Response:
    """Show the lead's page; an annotator is sent to label."""
    if request.state.role is not Role.LEAD:
        return html.redirect(request, f"/projects/{project_id}/label")
    overview = service.overview(session, project_id, asked.target)
    return html.render(
        request,
        "dashboards/dashboard.html",
        project_name=overview.project.name,
        overview=overview,
        curve=[point.model_dump() for point in overview.curve],
        asked=asked,
        tab=tabs.read(session, project_id, asked),
        tabs=tabs.Tab,
        targets=service.TARGETS,
        sources=Source,
        states=QueryState,
        outcomes=Outcome,
        titles=TITLES,
        figures=figures,
        money=money,
        plotly=plotly_bundle,
    )


@pages.get("/projects/{project_id}/queries/{query_id}", dependencies=[Depends(auth.lead)])
def show_query(request: Request, project_id: int, query_id: int, session: Reading) -> HTMLResponse:
    """Show one query in every detail."""
    found = mosaic.details(session, project_id, query_id)
    return html.render(
        request,
        "dashboards/query.html",
        query=found,
        provenance=facts.readable(found.provenance),
        figures=figures,
    )


@pages.get("/plotly/{version}.js", dependencies=[Depends(auth.public)])
def serve_plotly(request: Request, version: str) -> Response:
    """Serve the charts' JavaScript out of the installed package."""
    if version != plotly_bundle.VERSION:
        raise NotFound
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(plotly_bundle.compressed(), media_type="text/javascript", headers=headers)
    content = plotly_bundle.path().read_bytes()
    return Response(content, media_type="text/javascript", headers=headers)
