"""Answers the lead's three questions: is it working, what does it cost, what should happen next.

Reads only. The rules are in the pure modules beside it; the tabs are in `sections`.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from app.dashboards import attention, figures, machine, next_steps, people, sections, store
from app.dashboards.curve import Point, change_over, measured, thin
from app.dashboards.forecast import Forecast, Verdict, forecast
from app.dashboards.lights import LATELY, judge, lights, verdict
from app.dashboards.schemas import (
    AccuracyNow,
    CurvePoint,
    Dashboard,
    ForecastNow,
    LightNow,
    MachineNow,
    NoticeNow,
    Overview,
    ProjectNow,
    Snapshot,
    Spending,
    StepNow,
)
from app.errors import NotFound
from app.projects.budgets import Caps, Spent, answers_left, money
from app.projects.settings import ProjectSettings
from app.tables import Budget, Project, now
from app.trust import disputes_store
from app.words import StageState

CURVE_POINTS = 400
#: Targets that a forecast climbs, one after the other.
TARGETS = (0.8, 0.9, 0.95, 0.98, 0.99, 0.995)


def dashboard(session: Session, project_id: int, target: float | None = None) -> Dashboard:
    """Gather everything."""
    points = store.points(session, project_id)
    tallies = store.tallies(session, project_id)
    above = overview(session, project_id, target, points=points)
    return Dashboard(
        **dict(above),
        rounds=sections.round_rows(session, project_id, points),
        sources=sections.source_rows(tallies),
        classes=sections.class_rows(session, project_id, tallies),
        images=sections.image_counts(session, project_id),
        people=people.people(session, project_id),
        agreement=people.agreement(session, project_id),
        generator=sections.generator(session, project_id),
        stages=sections.stage_rows(session, project_id),
        workers=sections.worker_rows(session),
    )


def overview(
    session: Session,
    project_id: int,
    target: float | None = None,
    *,
    points: Sequence[Point] | None = None,
) -> Overview:
    """Gather what stands above the tabs."""
    project = _project(session, project_id)
    points = store.points(session, project_id) if points is None else points
    spending = _spending(store.budget(session, project_id))
    present = snapshot(session, project_id)
    advice = judge(points, spending.price_per_answer, sections.yields(session, project_id))
    return Overview(
        revision=present.revision,
        project=_project_now(project),
        accuracy=_accuracy(points),
        spending=spending,
        forecast=_forecast(points, target, spending.price_per_answer),
        lights=[LightNow.model_validate(each) for each in lights(advice)],
        advice=verdict(advice),
        attention=_attention(session, project_id),
        machine=present.machine,
        open_queries=present.open_queries,
        rounds_count=len(points),
        steps=_steps(session, project, points, answers=spending.answers),
        curve=curve(thin(measured(points), CURVE_POINTS)),
    )


def _attention(session: Session, project_id: int) -> list[NoticeNow]:
    rows = people.people(session, project_id)
    found = attention.notices(
        disputed=disputes_store.count(session, project_id),
        doubted=[row.name for row in rows if row.weight < 1],
        hasty=[row.name for row in rows if row.hasty],
    )
    return [NoticeNow.model_validate(each) for each in found]


def snapshot(session: Session, project_id: int) -> Snapshot:
    """Gather the little that moves from second to second."""
    project = _project(session, project_id)
    spending = _spending(store.budget(session, project_id))
    open_queries, labels_wanted = store.open_queries(session, project_id)
    situation = _situation(
        session,
        project,
        spent_out=spending.answers_left == 0,
        open_queries=open_queries,
        labels_wanted=labels_wanted,
    )
    return Snapshot(
        revision=_revision(session, project, situation, answers=spending.answers),
        machine=_machine(machine.now(situation)),
        answers=spending.answers,
        cost=spending.cost,
        share=spending.share,
        open_queries=open_queries,
    )


def curve(points: Sequence[Point]) -> list[CurvePoint]:
    """Turn measured points into the curve's shape."""
    return [
        CurvePoint(
            round=point.number,
            answers=point.answers,
            labeled=point.labeled,
            refused=point.refused,
            accuracy=accuracy.value,
            low=accuracy.interval[0],
            high=accuracy.interval[1],
            right=accuracy.right,
            count=accuracy.count,
        )
        for point in points
        if (accuracy := point.accuracy)
    ]


def _project(session: Session, project_id: int) -> Project:
    project = store.project(session, project_id)
    if project is None:
        raise NotFound
    return project


def _project_now(project: Project) -> ProjectNow:
    settings = ProjectSettings.model_validate(project.settings)
    return ProjectNow(
        id=project.id,
        name=project.name,
        state=project.state,
        mode=settings.mode,
        notice=project.notice,
    )


def _accuracy(points: Sequence[Point]) -> AccuracyNow | None:
    known = measured(points)
    if not known or not (accuracy := known[-1].accuracy):
        return None
    change = change_over(points, LATELY)
    low, high = accuracy.interval
    return AccuracyNow(
        value=accuracy.value,
        low=low,
        high=high,
        right=accuracy.right,
        count=accuracy.count,
        answers=known[-1].answers,
        round=known[-1].number,
        change=change.by if change else None,
        change_answers=change.answers if change else None,
    )


def _spending(budget: Budget | None) -> Spending:
    if budget is None:
        budget = Budget(answers_spent=0, cost_spent=Decimal(0), price_per_answer=Decimal(0))
    caps = Caps(budget.max_answers, budget.price_per_answer, budget.max_cost)
    spent = Spent(budget.answers_spent, budget.cost_spent)
    left = answers_left(caps, spent)
    return Spending(
        answers=spent.answers,
        max_answers=caps.max_answers,
        cost=spent.cost,
        max_cost=caps.max_cost,
        price_per_answer=caps.price_per_answer,
        answers_left=left,
        share=None if left is None else _gone(spent.answers, left),
    )


def _gone(answers: int, left: int) -> float:
    return answers / (answers + left) if answers + left else 1.0


def _forecast(points: Sequence[Point], target: float | None, price: Decimal) -> ForecastNow:
    found = forecast(points, _next_target(points) if target is None else target)
    cost = price * found.answers if found.answers is not None and price else None
    return ForecastNow(
        target=found.target,
        verdict=found.verdict,
        answers=found.answers,
        low=found.low,
        high=found.high,
        cost=cost,
        ceiling=found.ceiling,
        sentence=_forecast_sentence(found, cost),
    )


def _next_target(points: Sequence[Point]) -> float:
    """Choose the first target above what is reached."""
    known = measured(points)
    reached = known[-1].accuracy.value if known and known[-1].accuracy else 0.9
    return next((target for target in TARGETS if target > reached), TARGETS[-1])


def _forecast_sentence(found: Forecast, cost: Decimal | None) -> str:
    target = figures.target(found.target)
    match found.verdict:
        case Verdict.REACHED:
            return f"{target} is reached."
        case Verdict.EARLY:
            return "Too early to say: the curve needs at least five measured rounds."
        case Verdict.BEYOND:
            levels = figures.percent(found.ceiling or 0)
            if found.low is None:
                return f"Out of sight: the curve levels off near {levels}."
            at_best = figures.rounded(found.low)
            return f"The curve seems to level off near {levels}; at best {at_best} more answers."
        case Verdict.EXPECTED:
            pay = f", about {money(cost)}" if cost else ""
            return f"About {figures.rounded(found.answers or 0)} more answers{pay}."


def _steps(
    session: Session, project: Project, points: Sequence[Point], *, answers: int
) -> list[StepNow]:
    """List what is left to set up; nothing once the curve has begun."""
    known = len(measured(points))
    if known:
        return []
    images = sections.image_counts(session, project.id)
    setup = next_steps.Setup(
        state=project.state,
        pool=images.pool,
        holdout=images.holdout,
        classes=sum(c.archived_at is None for c in store.classes(session, project.id)),
        answers=answers,
        measured=known,
    )
    return [StepNow.model_validate(step) for step in next_steps.steps(setup)]


def _situation(
    session: Session,
    project: Project,
    *,
    spent_out: bool,
    open_queries: int,
    labels_wanted: int,
) -> machine.Situation:
    under_way = [sections.to_work(stage) for stage in store.stages_under_way(session, project.id)]
    seen_at = store.worker_last_seen(session)
    return machine.Situation(
        state=project.state,
        mode=ProjectSettings.model_validate(project.settings).mode,
        notice=project.notice,
        spent_out=spent_out,
        worker_unseen=None if seen_at is None else (now() - seen_at).total_seconds(),
        running=tuple(work for work in under_way if work.state is StageState.RUNNING),
        queued=tuple(work for work in under_way if work.state is StageState.QUEUED),
        failed=_failed(session, project.id),
        open_queries=open_queries,
        labels_wanted=labels_wanted,
    )


def _failed(session: Session, project_id: int) -> machine.Work | None:
    """Find the latest stage that ended badly and was not followed by a better one of its kind."""
    bad = (StageState.FAILED, StageState.CANCELED)
    newest = store.newest_of_each_kind(session, project_id)
    failed = [stage for stage in newest if stage.state in bad]
    return sections.to_work(failed[-1]) if failed else None


def _machine(present: machine.Now) -> MachineNow:
    return MachineNow(
        condition=present.condition,
        sentence=present.sentence,
        hint=present.hint,
        stages=[sections.stage_now(work) for work in present.stages],
        retry=sections.stage_now(present.retry) if present.retry else None,
    )


def _revision(
    session: Session, project: Project, situation: machine.Situation, *, answers: int
) -> str:
    """Name the state of everything on the page, so that equal names mean that nothing changed."""
    newest = store.newest_round(session, project.id) or (0, 0, 0)
    stages = "+".join(f"{work.id}{work.state[0]}" for work in situation.running + situation.queued)
    failed = situation.failed.id if situation.failed else 0
    missed = machine.is_missed(situation.worker_unseen)
    parts = (project.state, project.settings_version, *newest, answers, stages, failed, missed)
    return "-".join(str(part) for part in parts)
