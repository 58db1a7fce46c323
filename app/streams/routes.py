"""The REST API of images that arrive one by one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from app.accounts import auth
from app.streams import receiving, service
from app.streams.receiving import Sent
from app.streams.schemas import StreamItem, StreamItems
from app.transactions import Reading
from app.words import StreamVerdict

router = APIRouter(tags=["stream"])


@router.post(
    "/projects/{project_id}/stream",
    openapi_extra=receiving.BODY,
    responses={202: {"model": StreamItems, "description": "Some images still wait."}},
)
def send_images(
    project_id: int, sent: Annotated[list[Sent], Depends(receiving.received)], response: Response
) -> StreamItems:
    """Send images as they arrive, each under an id of your own; each is asked or let go.

    A form with a file `image` and a text `id` for each image, in the same order, at most 100. The
    same id again tells the verdict and changes nothing. The answer comes after two seconds at
    most; with status 202 some verdicts are still `waiting`: ask again.
    """
    items = service.send(project_id, sent)
    if any(each.verdict is StreamVerdict.WAITING for each in items.items):
        response.status_code = 202
    return items


@router.get(
    "/projects/{project_id}/stream/{client_id}",
    dependencies=[Depends(auth.lead)],
)
def get_image_of_stream(project_id: int, client_id: str, session: Reading) -> StreamItem:
    """Show what became of one image, by the id it was sent under."""
    return service.item(session, project_id, client_id)
