"""The annotator's page, and the images on it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import HTMLResponse, Response

from app import pages as html
from app.accounts import auth
from app.accounts.auth import Actor
from app.labeling import images, lending_service, together
from app.labeling.images import Look
from app.transactions import Reading

pages = APIRouter(include_in_schema=False)


@pages.get("/images/{sha256}.png")
async def image(
    sha256: str,
    actor: Annotated[Actor, Depends(auth.signed_in)],
    if_none_match: Annotated[str, Header()] = "",
) -> Response:
    """Send an image; its address is the hash of its bytes."""
    look = Look(actor, sha256, known=images.tag(sha256) in if_none_match)
    return images.answer(look, await together.looking.ask(look))


@pages.get("/projects/{project_id}/label")
def label_page(
    project_id: int,
    request: Request,
    actor: Annotated[Actor, Depends(auth.annotator)],
    session: Reading,
) -> HTMLResponse:
    """Show the page on which people label."""
    opened = lending_service.open_page(session, actor, project_id)
    return html.render(
        request,
        "labeling/label.html",
        project_name=opened.project_name,
        question=opened.question,
        opened=opened.model_dump(mode="json"),
    )
