"""Images as browsers get them: by the hash of their bytes, so that they never change."""

from __future__ import annotations

from fastapi import Response
from sqlalchemy.orm import Session

from app import artifacts
from app.accounts.auth import Actor
from app.errors import NotFound
from app.labeling import store

_HEADERS = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
}


def image(session: Session, actor: Actor, sha256: str, *, known: str) -> Response:
    """Answer with an image's PNG if the actor belongs to a project that has it.

    `known` is what the browser says that it has already (`If-None-Match`).
    """
    name = artifacts.image_name(sha256)
    member = None if actor.is_admin else actor.user_id
    if store.image_project(session, sha256, user_id=member) is None:
        raise NotFound
    tag = f'"{sha256}"'
    headers = {**_HEADERS, "ETag": tag}
    if tag in known:
        return Response(status_code=304, headers=headers)
    return Response(artifacts.read(name), media_type="image/png", headers=headers)
