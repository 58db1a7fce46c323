"""Queue whatever is due in a project; called after answers, and by every worker every second.

Knows the facts' tables and the engine; the rule itself is in `schedule`.
"""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import database, engine
from app.projects import budgets
from app.projects.settings import Part, ProjectSettings
from app.rounds import stage_store, store
from app.rounds.schedule import AHEAD, Due, Facts, Last, assessment_due, due
from app.streams import store as streams_store
from app.tables import Budget, ModelCheckpoint, Project, now
from app.words import ProjectState, StageKind


def reconcile(project_id: int) -> None:
    """Queue the stages that are due; calling it twice does no harm."""
    with database.reading() as session:
        facts = gather(session, project_id)
    if facts is None:
        return
    if facts.used_up:
        _finish(project_id)
        return
    stages = due(facts)
    if stages:
        _queue(project_id, stages)


def _queue(project_id: int, stages: list[Due]) -> None:
    try:
        with database.writing() as session:
            tickets = [
                stage_store.add_stage(
                    session, project_id, kind=due.kind, number=due.number, attempt=due.attempt
                )
                for due in stages
            ]
    except IntegrityError:
        return  # Another process has just queued the same.
    for ticket in tickets:
        engine.enqueue(ticket)


def _finish(project_id: int) -> None:
    with database.writing() as session:
        project = store.project(session, project_id)
        if project is not None and project.state is ProjectState.RUNNING:
            project.state = ProjectState.FINISHED
            project.notice = (
                "Every image of the pool has been asked. Import more images, then start again."
            )


def gather(session: Session, project_id: int) -> Facts | None:
    """Read the facts that decide what is due, or None when there is no such project."""
    project = store.project(session, project_id)
    if project is None:
        return None
    settings = ProjectSettings(**project.settings)
    features = store.newest_checkpoint(session, project_id, "features")
    generator = store.newest_checkpoint(session, project_id, "generator")
    last = store.newest_round(session, project_id)
    pool, holdout = store.import_counts(session, project_id)
    open_queries, awaited = store.open_counts(session, project_id)
    batch_size = settings.batch_size if last else settings.cold_start
    annotators = store.people_present(session, project_id)
    enough = max(batch_size, AHEAD * annotators)
    return Facts(
        state=project.state,
        mode=settings.mode,
        batch_size=batch_size,
        overlap=settings.overlap,
        now=now(),
        imports=tuple(store.unfinished_imports(session, project_id)),
        pool_count=pool,
        holdout_count=holdout,
        features_missing=not answers_to(features, settings.features),
        generator_missing=settings.mix.synthesized > 0
        and not answers_to(generator, settings.generator),
        next_features=features.version + 1 if features else 1,
        next_generator=generator.version + 1 if generator else 1,
        last_round=last.number if last else 0,
        exhausted=last is not None
        and last.facts.get("exhausted") == what_posing_rests_on(project, pool, generator),
        open_queries=open_queries,
        lendable=store.lendable(session, project_id, most=enough),
        labels_awaited=awaited,
        settled_since=store.settled_since(session, project_id, last.created_at if last else None),
        annotators=annotators,
        answers_left=_answers_left(store.budget(session, project_id)),
        stream_waiting=_stream_waiting(session, project_id),
        streams=streams_store.streams(session, project_id),
        assessment=_assessment(session, project_id, settings),
        unevaluated=tuple(store.unevaluated_rounds(session, project_id)),
        attempts={
            (s.kind, s.number): Last(s.attempt, s.state, s.final, s.finished_at)
            for s in stage_store.newest_attempts(session, project_id)
        },
    )


def _stream_waiting(session: Session, project_id: int) -> int | None:
    """Return the oldest image of the stream that waits, if there is a learner to judge it."""
    oldest = streams_store.oldest_waiting(session, project_id)
    if oldest is None or streams_store.learned_round(session, project_id) is None:
        return None
    return oldest


def _assessment(session: Session, project_id: int, settings: ProjectSettings) -> int | None:
    """Return the comparison of annotators that is due, where their answers are compared at all."""
    budget = store.budget(session, project_id)
    if budget is None or not settings.checks_people:
        return None
    return assessment_due(
        budget.answers_spent, done=stage_store.newest_done(session, project_id, StageKind.ASSESS)
    )


def affordable(session: Session, project_id: int, *, overlap: int) -> int | None:
    """Return how many more queries the budget can answer beside the open ones; None is no cap."""
    left = _answers_left(store.budget(session, project_id))
    if left is None:
        return None
    _, awaited = store.open_counts(session, project_id)
    return max(0, (left - awaited) // overlap)


def answers_to(checkpoint: ModelCheckpoint | None, part: Part) -> bool:
    """Whether a checkpoint is what the settings ask for."""
    return checkpoint is not None and checkpoint.facts.get("asked") == part.model_dump()


def what_posing_rests_on(
    project: Project, pool_count: int, generator: ModelCheckpoint | None
) -> list[int]:
    """Return what must change before a round that posed nothing is worth repeating."""
    return [project.settings_version, pool_count, generator.version if generator else 0]


def _answers_left(budget: Budget | None) -> int | None:
    if budget is None:
        return None
    caps = budgets.Caps(budget.max_answers, budget.price_per_answer, budget.max_cost)
    return budgets.answers_left(caps, budgets.Spent(budget.answers_spent, budget.cost_spent))
