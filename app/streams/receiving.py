"""Read the form of a request that sends images, once the sender's role is known.

Knows nothing of projects: files and ids go out, in their order.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from app.accounts import auth
from app.accounts.auth import Actor
from app.interchange.errors import UnsupportedUpload
from app.streams.errors import BadStreamForm, TooManyImages

#: Images in one request.
MOST = 100

#: The id that the sender made, and the file.
Sent = tuple[str, UploadFile]


async def received(request: Request, _actor: Annotated[Actor, Depends(auth.lead)]) -> list[Sent]:
    """Read pairs of `id` and `image`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        raise UnsupportedUpload("Send a form with a file `image` and a text `id` for each image.")
    try:
        form = await request.form(max_files=MOST, max_fields=MOST)
    except HTTPException as error:
        if "Too many" in str(error.detail):
            raise TooManyImages from None
        raise BadStreamForm("The form is damaged; send it again.") from None
    images, ids = form.getlist("image"), form.getlist("id")
    if not images or len(images) != len(ids):
        raise BadStreamForm
    pairs = [
        (client_id, file)
        for client_id, file in zip(ids, images, strict=True)
        if isinstance(client_id, str) and isinstance(file, UploadFile)
    ]
    if len(pairs) != len(images):
        raise BadStreamForm
    return pairs


#: The body in the API's description, which cannot be read off the dependency.
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["id", "image"],
                    "properties": {
                        "id": {"type": "array", "items": {"type": "string", "maxLength": 64}},
                        "image": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                            "maxItems": MOST,
                        },
                    },
                }
            }
        },
    }
}
