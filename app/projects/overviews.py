"""Projects as people see them: with their images, budget, accuracy and next step.

Reads only, with a fixed number of statements for any number of projects.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from app.projects import classes, next_steps, service, spending, store
from app.projects.next_steps import Standing
from app.projects.schemas import (
    AccuracyOut,
    ImagesOut,
    NextStepOut,
    ProjectOut,
    ProjectPage,
    ProjectSummary,
    ShapeOut,
)
from app.tables import Budget, Project, Round
from app.words import Role


def page(session: Session, *, member: int | None, after: int = 0, limit: int = 50) -> ProjectPage:
    """List all projects (no member given: as an admin sees them), or those of a member."""
    projects = store.list_projects(session, member=member, after=after, limit=limit + 1)
    shown = list(projects[:limit])
    ids = [project.id for project in shown]
    roles = dict.fromkeys(ids, Role.LEAD) if member is None else store.roles(session, member, ids)
    items = _summaries(session, shown, roles)
    return ProjectPage(items=items, next=shown[-1].id if len(projects) > limit else None)


def project(session: Session, found: Project, *, role: Role) -> ProjectOut:
    """Show one project with everything people set up."""
    (summary,) = _summaries(session, [found], {found.id: role})
    return ProjectOut(
        **dict(summary),
        guidelines=found.guidelines,
        class_list=classes.listed(session, found.id),
        settings_version=found.settings_version,
        image_shape=_shape(found),
    )


def _shape(found: Project) -> ShapeOut | None:
    if found.channels is None or found.height is None or found.width is None:
        return None
    return ShapeOut(channels=found.channels, height=found.height, width=found.width)


def _summaries(
    session: Session, projects: Sequence[Project], roles: Mapping[int, Role]
) -> list[ProjectSummary]:
    ids = [each.id for each in projects]
    standings = service.standings(session, projects)
    images, budgets = store.images(session, ids), store.budgets(session, ids)
    rounds = store.last_evaluated(session, ids)
    return [
        _summary(
            each,
            roles[each.id],
            standings[each.id],
            images=_images(images.get(each.id, (0, 0, 0))),
            budget=budgets.get(each.id) or Budget(project_id=each.id),
            evaluated=rounds.get(each.id),
        )
        for each in projects
    ]


def _summary(
    project: Project,
    role: Role,
    standing: Standing,
    *,
    images: ImagesOut,
    budget: Budget,
    evaluated: Round | None,
) -> ProjectSummary:
    step = next_steps.next_step(standing, role)
    return ProjectSummary(
        id=project.id,
        name=project.name,
        question=project.question,
        state=project.state,
        notice=project.notice,
        role=role,
        classes=standing.classes,
        images=images,
        budget=spending.shown(budget),
        accuracy=_accuracy(evaluated),
        next_step=NextStepOut(text=step.text, place=step.place),
        created_at=project.created_at,
    )


def _images(counts: tuple[int, int, int]) -> ImagesOut:
    return ImagesOut(pool=counts[0], holdout=counts[1], imports_under_way=counts[2])


def _accuracy(evaluated: Round | None) -> AccuracyOut | None:
    if evaluated is None or evaluated.holdout_right is None or not evaluated.holdout_count:
        return None
    return AccuracyOut(
        share=evaluated.holdout_right / evaluated.holdout_count,
        right=evaluated.holdout_right,
        count=evaluated.holdout_count,
        answers=evaluated.answers,
        round=evaluated.number,
    )
