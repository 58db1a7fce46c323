"""What a person sees of their own work: counts, pace, history, and what it did to the learner."""

from __future__ import annotations

import math
import statistics
from bisect import bisect_left
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.accounts.auth import Actor
from app.errors import NotFound
from app.labeling import claims, lending_store, progress_store, store
from app.labeling.schemas import (
    ClassExamples,
    Curve,
    CurveChange,
    CurvePoint,
    Guidelines,
    Measured,
    PastAnswer,
    Progress,
)
from app.projects.settings import ProjectSettings
from app.tables import Project, Round, now
from app.words import Answer, ProjectState, QueryState

_HISTORY = 20
_EXAMPLES = 4


def progress(
    session: Session, actor: Actor, project_id: int, *, utc_offset_minutes: int
) -> Progress:
    """Sum up the actor's work; *today* begins at midnight where they are."""
    project = _project(session, project_id)
    midnight = start_of_day(now(), utc_offset_minutes)
    today = progress_store.counts(session, project_id, actor.user_id, since=midnight)
    total = progress_store.counts(session, project_id, actor.user_id)
    durations = progress_store.recent_durations(session, project_id, actor.user_id)
    left = store.answers_left(store.budget(session, project_id))
    answers_today = _answers(today)
    people = store.people_who_label(session, [project_id]).get(project_id, 0)
    goes_on = project.state in (ProjectState.RUNNING, ProjectState.PAUSED)
    return Progress(
        answers_today=answers_today,
        answers_total=_answers(total),
        refusals_total=total.get(Answer.UNRECOGNIZABLE, 0),
        skips_total=total.get(Answer.SKIP, 0),
        median_seconds=round(statistics.median(durations) / 1000, 2) if durations else None,
        answers_left=left,
        about_today=about(answers_today, left, people) if goes_on else None,
        curve=_curve(session, actor, project_id),
        history=_history(session, actor, project),
    )


def start_of_day(at: datetime, utc_offset_minutes: int) -> datetime:
    """Return the last midnight of somebody whose clock is ahead of UTC by so many minutes."""
    offset = timedelta(minutes=utc_offset_minutes)
    local = at + offset
    return local.replace(hour=0, minute=0, second=0, microsecond=0) - offset


def about(answers_today: int, left: int | None, people: int) -> int | None:
    """Guess where today may end: what is left, shared among everybody who may label."""
    return None if left is None else answers_today + math.ceil(left / max(people, 1))


def curve(session: Session, actor: Actor, project_id: int) -> Curve:
    """Tell how the learner fared from round to round, and the actor's part in it."""
    own = progress_store.answered_at(session, project_id, actor.user_id)
    rounds = progress_store.measured_rounds(session, project_id)
    return Curve(
        points=[
            CurvePoint(
                right=each.holdout_right or 0,
                count=each.holdout_count or 0,
                answers=each.answers,
                own=bisect_left(own, each.created_at),
            )
            for each in rounds
        ]
    )


def _project(session: Session, project_id: int) -> Project:
    project = store.project(session, project_id)
    if project is None:
        raise NotFound
    return project


def _answers(counts: dict[Answer, int]) -> int:
    return sum(count for answer, count in counts.items() if answer is not Answer.SKIP)


def _curve(session: Session, actor: Actor, project_id: int) -> CurveChange | None:
    """Compare the learner before the actor's first label with the newest one."""
    began = progress_store.first_answer_at(session, project_id, actor.user_id)
    if began is None:
        return None
    before = progress_store.measured_round(
        session, project_id, until=began
    ) or progress_store.measured_round(session, project_id, newest=False)
    after = progress_store.measured_round(session, project_id)
    if before is None or after is None or before.id == after.id:
        return None
    return CurveChange(before=_measured(before), after=_measured(after))


def _measured(found: Round) -> Measured:
    return Measured(right=found.holdout_right or 0, count=found.holdout_count or 0)


def _history(session: Session, actor: Actor, project: Project) -> list[PastAnswer]:
    show_origin = ProjectSettings(**project.settings).show_origin
    past = progress_store.history(session, project.id, actor.user_id, limit=_HISTORY)
    strips = lending_store.strips(session, [each.query_id for each in past if each.about])
    return [
        PastAnswer(
            id=each.id,
            query_id=each.query_id,
            image_url=f"/images/{each.sha256}.png",
            origin=claims.origin_shown(each.origin, show=show_origin),
            way=each.way,
            about=each.about,
            image_urls=[f"/images/{sha256}.png" for sha256 in strips.get(each.query_id, [])],
            answer=each.answer,
            class_id=each.class_id,
            class_name=each.class_name,
            refusal=each.refusal,
            marks=each.marks,
            answered_at=each.at,
            undone=each.undone_at is not None,
            changeable=each.undone_at is None and changeable(each.answer, each.query_state),
        )
        for each in past
    ]


def changeable(answer: Answer, state: QueryState) -> bool:
    """Whether a query takes another answer once this one is taken back."""
    if answer is Answer.SKIP:
        return state is not QueryState.SETTLED
    return state is not QueryState.WITHDRAWN


def guidelines(session: Session, project_id: int) -> Guidelines:
    """Tell what a lead wants annotators to know, with images of each class."""
    project = _project(session, project_id)
    return Guidelines(
        question=project.question,
        guidelines=project.guidelines,
        classes=[
            ClassExamples(
                id=each.id,
                name=each.name,
                image_urls=[
                    f"/images/{sha256}.png"
                    for sha256 in progress_store.example_images(
                        session, project_id, each.id, limit=_EXAMPLES
                    )
                ],
            )
            for each in store.active_classes(session, project_id)
        ],
    )
