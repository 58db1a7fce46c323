"""What a person may do to machine work: cancel a stage, or have it tried again.

Knows stages and the engine; who may do it is the route's policy.
"""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import engine
from app.errors import Conflict, NotFound
from app.rounds import stage_store as store
from app.tables import Stage
from app.words import StageState


class StageOver(Conflict):
    """This stage is over already, so there is nothing to cancel."""


class StageNotOver(Conflict):
    """This stage is still under way; cancel it first, then try again."""


class StageTriedAgain(Conflict):
    """This stage was tried again already; look at the newest attempt."""


def cancel(session: Session, project_id: int, stage_id: int) -> None:
    """Cancel a stage; what it was running ends within a moment, and its results do not count."""
    stage = _of_project(session, project_id, stage_id)
    if not store.cancel(session, stage_id):
        raise StageOver
    engine.cancel(store.ticket(stage))


def retry(session: Session, project_id: int, stage_id: int) -> engine.Ticket:
    """Queue a failed or canceled stage once more; enqueue the ticket after the commit."""
    stage = _of_project(session, project_id, stage_id)
    if stage.state in (StageState.QUEUED, StageState.RUNNING):
        raise StageNotOver
    try:
        return store.add_stage(
            session, project_id, kind=stage.kind, number=stage.number, attempt=stage.attempt + 1
        )
    except IntegrityError:
        raise StageTriedAgain from None


def cancel_all(session: Session, project_id: int) -> None:
    """Cancel everything that is under way in a project."""
    for stage in store.stages_under_way(session, project_id):
        store.cancel(session, stage.id)
        engine.cancel(store.ticket(stage))


def _of_project(session: Session, project_id: int, stage_id: int) -> Stage:
    stage = store.stage(session, stage_id)
    if stage is None or stage.project_id != project_id:
        raise NotFound
    return stage
