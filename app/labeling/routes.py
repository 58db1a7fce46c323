"""The annotator's side over HTTP: claims, labels, progress, guidelines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Body, Depends, Query
from pydantic import WithJsonSchema

from app.accounts import auth
from app.accounts.auth import Actor, Visitor
from app.labeling import (
    lending_service,
    metrics,
    preferences_service,
    progress_service,
    service,
    together,
)
from app.labeling.claims import MOST_HELD
from app.labeling.lending_service import Wanted
from app.labeling.preferences_schemas import Preferences
from app.labeling.schemas import (
    AnswerIn,
    Claims,
    Curve,
    Guidelines,
    Progress,
    Release,
    Released,
    Undone,
    Verdicts,
)
from app.rounds import wake as waking
from app.straight import Straight
from app.transactions import Reading, Writing

router = APIRouter(tags=["labeling"])
#: What annotators do all the time: mostly who asks is found out along with what they ask.
always = APIRouter(tags=["labeling"], route_class=Straight)

Annotator = Annotated[Actor, Depends(auth.annotator)]
SignedIn = Annotated[Actor, Depends(auth.signed_in)]
#: Read one by one in the service, so that a bad answer cannot refuse the whole list.
Answers = Annotated[list[Annotated[Any, WithJsonSchema(AnswerIn.model_json_schema())]], Body()]


@always.post("/labels")
async def record(
    answers: Answers,
    who: Annotated[Actor | Visitor, Depends(auth.signed_in)],
    background: BackgroundTasks,
) -> Verdicts:
    """Store answers; each gets its own verdict, and the same id again changes nothing."""
    verdicts = await together.recording.ask((who, service.read(answers)))
    metrics.count(verdicts)
    _wake(background, {each.project_id for each in verdicts if each.project_id is not None})
    return Verdicts(verdicts=verdicts)


@always.post("/projects/{project_id}/claims")
async def claim(
    project_id: int,
    who: Annotated[Actor | Visitor, Depends(auth.annotator)],
    limit: Annotated[int, Query(ge=1, le=MOST_HELD)] = 8,
) -> Claims:
    """Lend queries to the one who asks, those included that they hold, or say why there is none."""
    return await together.lending.ask((who, Wanted(project_id, limit)))


@router.post("/projects/{project_id}/claims/release")
def release(project_id: int, actor: Annotator, session: Writing, given_back: Release) -> Released:
    """Give queries back unanswered."""
    count = lending_service.release(session, actor, project_id, query_ids=given_back.query_ids)
    return Released(released=count)


@router.delete("/labels/{label_id}")
def undo(label_id: str, actor: SignedIn, session: Writing, background: BackgroundTasks) -> Undone:
    """Take one's own answer back; a second time changes nothing."""
    undone = service.undo(session, actor, label_id)
    _wake(background, [undone.project_id])
    return undone


@router.get("/projects/{project_id}/progress")
def progress(
    project_id: int,
    actor: Annotator,
    session: Reading,
    utc_offset_minutes: Annotated[int, Query(ge=-900, le=900)] = 0,
) -> Progress:
    """Sum up one's own work in a project; *today* begins at midnight at this offset from UTC."""
    return progress_service.progress(
        session, actor, project_id, utc_offset_minutes=utc_offset_minutes
    )


@router.get("/projects/{project_id}/progress/curve")
def curve(project_id: int, actor: Annotator, session: Reading) -> Curve:
    """Tell how the learner fared from round to round, and one's own part in it."""
    return progress_service.curve(session, actor, project_id)


@router.get("/projects/{project_id}/guidelines", dependencies=[Depends(auth.annotator)])
def guidelines(project_id: int, session: Reading) -> Guidelines:
    """Tell what the lead wants annotators to know, with examples of each class."""
    return progress_service.guidelines(session, project_id)


@router.get("/projects/{project_id}/preferences")
def preferences(project_id: int, actor: Annotator, session: Reading) -> Preferences:
    """Tell how one likes to label in a project: the way of asking, and keys of one's own."""
    return preferences_service.read(session, actor, project_id)


@router.put("/projects/{project_id}/preferences")
def prefer(project_id: int, actor: Annotator, session: Writing, wanted: Preferences) -> Preferences:
    """Set all of it at once; what is left out is as the project has it."""
    return preferences_service.save(session, actor, project_id, wanted)


def _wake(background: BackgroundTasks, project_ids: Iterable[int]) -> None:
    """Once the answer is sent, see whether the machine has work now."""
    for project_id in sorted(project_ids):
        if not waking.rests(project_id):
            background.add_task(waking.wake, project_id)
