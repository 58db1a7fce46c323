"""What the list of projects shows, and where each row leads."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.projects import overviews
from app.projects.schemas import ProjectSummary
from app.words import ProjectState, Role

#: How each state looks.
STATE_TONES = {
    ProjectState.DRAFT: "",
    ProjectState.RUNNING: "good",
    ProjectState.PAUSED: "warn",
    ProjectState.FINISHED: "accent",
}


@dataclass(frozen=True)
class Row:
    """One project and its links."""

    project: ProjectSummary
    link: str
    #: Empty where there is nothing to do.
    step_link: str
    tone: str
    #: Answers that the budget allows in all; None without a cap.
    answers_in_all: int | None


def rows(session: Session, *, member: int | None, after: int) -> tuple[list[Row], int | None]:
    """List projects and where the next part of the list begins."""
    page = overviews.page(session, member=member, after=after)
    return [_row(project) for project in page.items], page.next


def _row(project: ProjectSummary) -> Row:
    left = project.budget.answers_left
    return Row(
        project=project,
        link=_link(project),
        step_link=step_link(project.id, project.next_step.place),
        tone=STATE_TONES[project.state],
        answers_in_all=None if left is None else project.budget.answers_spent + left,
    )


def _link(project: ProjectSummary) -> str:
    place = f"/projects/{project.id}"
    if project.role is Role.ANNOTATOR:
        return f"{place}/label"
    return f"{place}/settings" if project.state is ProjectState.DRAFT else place


def step_link(project_id: int, place: str) -> str:
    """Return the page on which a next step is taken, empty for none."""
    pages = {"": "", "label": f"/projects/{project_id}/label", "watch": f"/projects/{project_id}"}
    return pages.get(place, f"/projects/{project_id}/settings#{place}")
