"""The REST API of remarks: anybody who labels leaves them, a lead looks at them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from app.accounts import auth
from app.accounts.auth import Actor
from app.remarks import service
from app.remarks.schemas import Kept, Remark, RemarkIn, RemarkPage
from app.transactions import Reading, Writing

router = APIRouter(tags=["remarks"])

SignedIn = Annotated[Actor, Depends(auth.signed_in)]
LEAD = [Depends(auth.lead)]


@router.post("/remarks")
def leave_remark(remark: RemarkIn, actor: SignedIn, session: Writing) -> Kept:
    """Leave a remark on a query, or flag it; the same id again changes nothing."""
    return service.leave(session, actor, remark)


@router.get("/projects/{project_id}/remarks", dependencies=LEAD)
def list_remarks(
    project_id: int,
    session: Reading,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> RemarkPage:
    """List what people remarked: what nobody has looked at first, then the newest first."""
    return service.page(session, project_id, after=after, limit=limit)


@router.put("/projects/{project_id}/remarks/{remark_id}/resolution", dependencies=LEAD)
def resolve_remark(project_id: int, remark_id: UUID, session: Writing) -> Remark:
    """Say that a lead has looked at a remark."""
    return service.resolve(session, project_id, remark_id, resolved=True)


@router.delete("/projects/{project_id}/remarks/{remark_id}/resolution", dependencies=LEAD)
def reopen_remark(project_id: int, remark_id: UUID, session: Writing) -> Remark:
    """Let a remark wait for a lead again."""
    return service.resolve(session, project_id, remark_id, resolved=False)
