"""Images as browsers get them: by the hash of their bytes, so that they never change."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Response
from sqlalchemy.orm import Session

from app import artifacts
from app.accounts.auth import Actor
from app.errors import NotFound
from app.labeling import store
from app.labeling.schemas import Claims

_HEADERS = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
}
#: Bytes of a small image: 28 pixels a side need 400, 32 in colour 2,500.
_SMALL = 6_000


@dataclass(frozen=True)
class Look:
    """An image that somebody asks for."""

    actor: Actor
    sha256: str
    #: Whether the browser has it already, so that its bytes are not wanted.
    known: bool


def within_reach(session: Session, looks: Sequence[Look]) -> set[Look]:
    """Return the looks that are allowed: by members of a project that has the image."""
    hashes = {each.sha256 for each in looks}
    seen = store.images_of_members(session, {each.actor.user_id for each in looks}, hashes)
    by_admins = any(each.actor.is_admin for each in looks)
    known = store.known_images(session, hashes) if by_admins else set()
    return {
        each
        for each in looks
        if (each.actor.user_id, each.sha256) in seen
        or (each.actor.is_admin and each.sha256 in known)
    }


def contents(looks: Sequence[Look], reach: set[Look]) -> list[bytes | Exception]:
    """Read the images that may be seen; empty for what the browser has already."""
    wanted = {each: artifacts.image_name(each.sha256) for each in reach if not each.known}
    found = artifacts.read_many(wanted.values())
    return [
        found[wanted[each]] if each in wanted else b"" if each in reach else NotFound()
        for each in looks
    ]


def put_small_ones_in(given: Sequence[Claims]) -> None:
    """Put small images into the claims themselves: for digits and thumbnails, asking for each one
    costs more than all else that an answer does.
    """
    fresh = [query for each in given for query in each.queries if query.fresh]
    names = {each: artifacts.image_name(each) for query in fresh for each in query.hashes}
    found = artifacts.read_many(names.values())
    for query in fresh:
        written = [_written_out(found[names[each]]) for each in query.hashes]
        if not all(written):
            continue
        if query.image_urls:
            query.images = written
        else:
            (query.image,) = written


def _written_out(content: bytes | Exception) -> str:
    """Return a small image as a data URL; nothing for a large one or one that is gone."""
    if not isinstance(content, bytes) or len(content) > _SMALL:
        return ""
    return f"data:image/png;base64,{b64encode(content).decode()}"


def answer(look: Look, content: bytes) -> Response:
    """Answer with an image's PNG."""
    headers = {**_HEADERS, "ETag": tag(look.sha256)}
    if look.known:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="image/png", headers=headers)


def tag(sha256: str) -> str:
    """Return what the browser sends back to say that it has an image already."""
    return f'"{sha256}"'
