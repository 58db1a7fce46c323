"""Read the body of a request for an import: JSON, or a form with a file.

Declared as a dependency of its own so that nobody's file is read before their role is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from app.accounts import auth
from app.accounts.auth import Actor
from app.errors import BadRequest
from app.interchange.errors import UnsupportedUpload
from app.interchange.schemas import Choices, ServerImport

_MOST_FIELDS = 10


@dataclass(frozen=True)
class Upload:
    """A file that came in, the labels beside it if any, and what to keep of it."""

    file: UploadFile
    labels: UploadFile | None
    choices: Choices


#: Who asks, and what came in.
Received = tuple[Actor, ServerImport | Upload]


async def received(request: Request, actor: Annotated[Actor, Depends(auth.lead)]) -> Received:
    """Read what a lead sends."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return actor, _read(ServerImport, await request.body())
    if kind != "multipart/form-data":
        raise UnsupportedUpload
    try:
        form = await request.form(max_files=2, max_fields=_MOST_FIELDS)
    except HTTPException:
        raise BadRequest("The form is damaged; send it again.") from None
    file, labels = form.get("file"), form.get("labels")
    if not isinstance(file, UploadFile) or not file.filename:
        raise BadRequest("The form needs a file in its field `file`.")
    choices = form.get("choices") or "{}"
    if not isinstance(choices, str):
        raise BadRequest("The form's field `choices` must be JSON.")
    return actor, Upload(
        file, labels if isinstance(labels, UploadFile) else None, _read(Choices, choices)
    )


_Shape = TypeVar("_Shape", bound=BaseModel)


def _read(shape: type[_Shape], text: str | bytes) -> _Shape:
    """Read JSON, and name what does not fit as FastAPI would."""
    try:
        return shape.model_validate_json(text)
    except ValidationError as error:
        problems = [{**each, "loc": ("body", *each["loc"])} for each in error.errors()]
        raise RequestValidationError(problems) from None


#: The body in the API's description, which cannot be read off the dependency.
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": ServerImport.model_json_schema()},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "labels": {"type": "string", "format": "binary"},
                        "choices": {
                            "type": "string",
                            "contentMediaType": "application/json",
                            "contentSchema": Choices.model_json_schema(),
                        },
                    },
                }
            },
        },
    }
}
