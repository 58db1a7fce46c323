"""Images as browsers get them: by the hash of their bytes, so that they never change."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Response
from sqlalchemy.orm import Session

from app import artifacts
from app.accounts.auth import Actor
from app.labeling import store

_HEADERS = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
}


def within_reach(session: Session, asked: Sequence[tuple[Actor, str]]) -> set[tuple[int, str]]:
    """Return who may see which image, as (person, hash): members of a project that has it."""
    hashes = {sha256 for _, sha256 in asked}
    seen = store.images_of_members(session, {actor.user_id for actor, _ in asked}, hashes)
    admins = {actor.user_id for actor, _ in asked if actor.is_admin}
    known = store.known_images(session, hashes) if admins else set()
    return seen | {(user_id, sha256) for user_id in admins for sha256 in known}


def answer(sha256: str, *, known: str) -> Response:
    """Answer with an image's PNG; `known` is what the browser says that it has already."""
    tag = f'"{sha256}"'
    headers = {**_HEADERS, "ETag": tag}
    if tag in known:
        return Response(status_code=304, headers=headers)
    content = artifacts.read(artifacts.image_name(sha256))
    return Response(content, media_type="image/png", headers=headers)
