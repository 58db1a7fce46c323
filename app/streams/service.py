"""Take images that arrive one by one, and tell what became of them.

A picture is checked and stored, and waits; the worker judges it, because only the worker knows
features and learner. Whoever sent it is told the verdict if it comes within two seconds.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app import artifacts, database
from app.config import config
from app.errors import NotFound
from app.interchange import imaging
from app.interchange.imaging import Limits
from app.interchange.verdicts import Refused, Verdict
from app.rounds.wake import wake
from app.streams import reasons, store
from app.streams.errors import NoImagesYet, StreamClosed, StreamFull
from app.streams.receiving import Sent
from app.streams.schemas import StreamItem, StreamItems
from app.tables import StreamImage
from app.words import Origin, ProjectState, StreamVerdict

#: Images of a project that may wait for a verdict at a time.
MOST_WAITING = 10_000
#: How long a request waits for verdicts, and how often it looks.
PATIENCE_SECONDS = 2.0
LOOK_SECONDS = 0.05
#: Requests that may wait at a time: the others' threads belong to people who label.
_patient = threading.BoundedSemaphore(4)

_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


@dataclass(frozen=True)
class _Looked:
    """An image that can be taken: under which id, the hash of what was sent, and of its PNG."""

    client_id: str
    content: str
    sha256: str


def send(project_id: int, sent: Sequence[Sent]) -> StreamItems:
    """Take images and wait a moment for their verdicts; the same id again changes nothing.

    No transaction is open while pictures are decoded or the machine is waited for.
    """
    with database.reading() as session:
        _require_open(session, project_id, more=len(sent))
    looked = [_look_at(client_id, file.file.read, size=file.size) for client_id, file in sent]
    with database.writing() as session:
        refused = _take(session, project_id, looked)
    wake(project_id)
    return StreamItems(items=_verdicts(project_id, looked, refused))


def item(session: Session, project_id: int, client_id: str) -> StreamItem:
    """Tell what became of one image, or raise `NotFound`."""
    found = store.sent(session, project_id, [client_id]).get(client_id)
    if found is None:
        raise NotFound("No image was sent under this id.")
    return _shown(found, has_learner=store.learned_round(session, project_id) is not None)


def _require_open(session: Session, project_id: int, *, more: int) -> None:
    project = store.project(session, project_id)
    if project is None:
        raise NotFound
    if project.state is not ProjectState.RUNNING:
        raise StreamClosed
    if project.width is None:
        raise NoImagesYet
    if store.waiting_count(session, project_id) + more > MOST_WAITING:
        raise StreamFull


def _look_at(
    client_id: str, read: Callable[[], bytes], *, size: int | None
) -> _Looked | StreamItem:
    """Decode one picture and store its PNG, or say why it is refused."""
    if not _ID.fullmatch(client_id):
        return _refused(client_id, reasons.BAD_ID, reasons.sentence(reasons.BAD_ID))
    limits = Limits(config().image_limit_bytes, config().image_limit_pixels)
    try:
        if size is not None and size > limits.bytes:
            raise Refused(Verdict.TOO_LARGE, f"More than {limits.bytes:,} bytes.")
        content = read()
        png = imaging.from_bytes(content, limits).png()
    except Refused as refused:
        return _refused(client_id, refused.verdict, refused.detail)
    digest = hashlib.sha256(content).hexdigest()
    return _Looked(client_id, digest, artifacts.write_image(png))


def _refused(client_id: str, reason: str, detail: str) -> StreamItem:
    return StreamItem(
        id=client_id[:64], verdict=StreamVerdict.REFUSED, reason=reason, detail=detail
    )


def _take(
    session: Session, project_id: int, looked: Sequence[_Looked | StreamItem]
) -> dict[int, StreamItem]:
    """Note what was sent; returns, by place, what is refused because its id means another image."""
    refused: dict[int, StreamItem] = {}
    for place, each in enumerate(looked):
        if isinstance(each, StreamItem):
            continue
        known = store.sent(session, project_id, [each.client_id]).get(each.client_id)
        if known is None:
            _note(session, project_id, each)
            known = store.sent(session, project_id, [each.client_id])[each.client_id]
        if known.content != each.content:
            reason = reasons.ID_REUSED
            refused[place] = _refused(each.client_id, reason, reasons.sentence(reason))
    return refused


def _note(session: Session, project_id: int, looked: _Looked) -> None:
    """Let an image wait for its verdict; a picture that the project has already gets it at once."""
    added = store.add_image(session, project_id, looked.sha256)
    if added is not None:
        store.add(
            session,
            project_id,
            client_id=looked.client_id,
            content=looked.content,
            image_id=added,
        )
        return
    there = store.image(session, project_id, looked.sha256)
    if there is None:
        raise NotFound
    in_holdout = there.origin is Origin.HOLDOUT
    store.add(
        session,
        project_id,
        client_id=looked.client_id,
        content=looked.content,
        image_id=there.id,
        verdict=StreamVerdict.LET_GO,
        reason=reasons.IN_HOLDOUT if in_holdout else reasons.DUPLICATE,
        query_id=store.query_of(session, there.id),
    )


def _verdicts(
    project_id: int, looked: Sequence[_Looked | StreamItem], refused: dict[int, StreamItem]
) -> list[StreamItem]:
    """Wait until every image has a verdict, as long as that makes sense, and tell them."""
    ids = [each.client_id for each in looked if isinstance(each, _Looked)]
    found = _waited_for(project_id, ids)
    return [
        refused.get(place) or (each if isinstance(each, StreamItem) else found[each.client_id])
        for place, each in enumerate(looked)
    ]


def _waited_for(project_id: int, client_ids: Sequence[str]) -> dict[str, StreamItem]:
    found = _now(project_id, client_ids)
    if not _patient.acquire(blocking=False):
        return found
    try:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until and _in_line(found):
            time.sleep(LOOK_SECONDS)
            found = _now(project_id, client_ids)
    finally:
        _patient.release()
    return found


def _in_line(found: dict[str, StreamItem]) -> bool:
    """Whether the machine is about to judge one; without a learner waiting would be in vain."""
    return any(each.reason == reasons.IN_LINE for each in found.values())


def _now(project_id: int, client_ids: Sequence[str]) -> dict[str, StreamItem]:
    with database.reading() as session:
        rows = store.sent(session, project_id, client_ids)
        has_learner = store.learned_round(session, project_id) is not None
    return {key: _shown(row, has_learner=has_learner) for key, row in rows.items()}


def _shown(row: StreamImage, *, has_learner: bool) -> StreamItem:
    reason = row.reason
    if row.verdict is StreamVerdict.WAITING:
        reason = reasons.IN_LINE if has_learner else reasons.NO_LEARNER
    return StreamItem(
        id=row.client_id,
        verdict=row.verdict,
        reason=reason,
        detail=reasons.sentence(reason),
        query_id=row.query_id,
        certainty=row.certainty,
        threshold=row.threshold,
        received_at=row.received_at,
        judged_at=row.judged_at,
    )
