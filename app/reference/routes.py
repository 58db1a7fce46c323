"""The OpenAPI document and the page that shows it, without anybody else's scripts."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from app import pages as html
from app.accounts import auth
from app.config import config
from app.reference import calls
from app.reference.openapi import document

pages = APIRouter(include_in_schema=False, dependencies=[Depends(auth.signed_in)])


@pages.get("/api/v1/openapi.json")
def show_openapi(request: Request) -> JSONResponse:
    """Show the OpenAPI document."""
    return JSONResponse(document(request.app))


@pages.get("/api/docs")
def show_reference(request: Request) -> Response:
    """Show the reference for people."""
    return html.render(
        request,
        "reference/reference.html",
        groups=calls.groups(document(request.app), config().base_url),
    )
