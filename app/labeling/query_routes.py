"""What is told of one query on request, over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from app.accounts import auth
from app.accounts.auth import Actor
from app.labeling import query_service
from app.labeling.query_schemas import Twin, Why
from app.transactions import Reading

router = APIRouter(prefix="/queries", tags=["labeling"])

SignedIn = Annotated[Actor, Depends(auth.signed_in)]
QueryId = Annotated[int, Path(ge=1, lt=2**31)]


@router.get("/{query_id}/twins")
def twins(query_id: QueryId, actor: SignedIn, session: Reading) -> list[Twin]:
    """List the real images nearest to the synthesized one of a query that one holds.

    Leads may look at those of any query of their project. Real images have none.
    """
    return query_service.twins(session, actor, query_id)


@router.get("/{query_id}/why")
def why(query_id: QueryId, actor: SignedIn, session: Reading) -> Why:
    """Say what the learner thought of a query that one has answered; refused before."""
    return query_service.why(session, actor, query_id)
