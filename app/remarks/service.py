"""The rules of remarks: who may leave one, and that sending it again changes nothing.

Tells nobody: a lead looks when there is time. Flushes, never commits.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.accounts import auth
from app.accounts.auth import Actor
from app.labeling.errors import UnknownQuery
from app.remarks import store
from app.remarks.errors import RemarkIdReused, TooManyRemarks, UnknownRemark
from app.remarks.schemas import Kept, Remark, RemarkIn, RemarkPage
from app.tables import now

#: Remarks that one person may leave on one query.
MOST_OF_ONE = 20


def leave(session: Session, actor: Actor, remark: RemarkIn) -> Kept:
    """Keep a remark on a query of one's projects; the same again changes nothing."""
    project_id = store.project_of(session, remark.query_id)
    if project_id is None or not auth.reach(session, [actor], [project_id]):
        raise UnknownQuery
    if store.find(session, str(remark.id)) is None:
        if store.count_of(session, remark.query_id, actor.user_id) >= MOST_OF_ONE:
            raise TooManyRemarks
        _add(session, actor, remark, project_id)
    kept = store.find(session, str(remark.id))
    said = (actor.user_id, remark.query_id, remark.text, remark.flagged)
    if kept is None or said != (kept.user_id, kept.query_id, kept.text, kept.flagged):
        raise RemarkIdReused
    return Kept(id=kept.id, query_id=kept.query_id, at=kept.at)


def _add(session: Session, actor: Actor, remark: RemarkIn, project_id: int) -> None:
    store.add(
        session,
        id=str(remark.id),
        project_id=project_id,
        query_id=remark.query_id,
        user_id=actor.user_id,
        text=remark.text,
        flagged=remark.flagged,
        at=now(),
    )


def page(session: Session, project_id: int, *, after: UUID | None, limit: int) -> RemarkPage:
    """List remarks: what nobody has looked at first, then the newest first."""
    last = store.find(session, str(after)) if after else None
    if after and (last is None or last.project_id != project_id):
        raise UnknownRemark
    rows = store.listed(session, project_id, after=last, limit=limit + 1)
    items = [_remark(row) for row in rows[:limit]]
    return RemarkPage(
        items=items,
        unresolved=store.count_unresolved(session, project_id),
        next=items[-1].id if len(rows) > limit else None,
    )


def resolve(session: Session, project_id: int, remark_id: UUID, *, resolved: bool) -> Remark:
    """Say that a lead has looked, or that it waits again; a second time changes nothing."""
    row = store.one(session, project_id, str(remark_id))
    if row is None:
        raise UnknownRemark
    remark = row[0]
    if resolved is (remark.resolved_at is None):
        store.set_resolved(remark, now() if resolved else None)
        session.flush()
    return _remark(row)


def _remark(row: Row[Any]) -> Remark:
    remark, sha256, name, number = row
    return Remark(
        id=remark.id,
        query_id=remark.query_id,
        round=number,
        image_url=f"/images/{sha256}.png",
        user_id=remark.user_id,
        name=name,
        text=remark.text,
        flagged=remark.flagged,
        at=remark.at,
        resolved_at=remark.resolved_at,
    )
