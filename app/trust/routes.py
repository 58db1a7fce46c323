"""The REST API of disputes: what waits for a lead, and what a lead does about it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Query

from app.accounts import auth
from app.accounts.auth import Actor
from app.rounds.wake import wake
from app.transactions import Reading, Writing
from app.trust import adjudication
from app.trust.schemas import Decided, Decision, DisputePage

router = APIRouter(prefix="/projects/{project_id}", tags=["disputes"])

Lead = Annotated[Actor, Depends(auth.lead)]


@router.get("/disputes", dependencies=[Depends(auth.lead)])
def list_disputes(
    project_id: int,
    session: Reading,
    after: Annotated[int, Query(ge=0, lt=2**31)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> DisputePage:
    """List queries on which people disagree, the oldest first, with who said what."""
    return adjudication.page(session, project_id, after=after, limit=limit)


@router.put("/queries/{query_id}/decision")
def decide_query(
    actor: Lead,
    project_id: int,
    query_id: int,
    session: Writing,
    decision: Decision,
    background: BackgroundTasks,
) -> Decided:
    """Decide what a settled query shows; its labels stay as they are."""
    decided = adjudication.decide(session, project_id, query_id, decision, by=actor.user_id)
    background.add_task(wake, project_id)
    return decided


@router.delete("/queries/{query_id}/decision")
def take_decision_back(actor: Lead, project_id: int, query_id: int, session: Writing) -> Decided:
    """Take a decision back: the query means again what its labels say."""
    return adjudication.take_back(session, project_id, query_id, by=actor.user_id)


@router.post("/queries/{query_id}/ask-another")
def ask_another(actor: Lead, project_id: int, query_id: int, session: Writing) -> Decided:
    """Have one more person asked about a settled query; it costs one answer."""
    return adjudication.ask_another(session, project_id, query_id, by=actor.user_id)
