"""A project's life: created, edited, started, paused, finished.

Knows the rules; nothing of HTTP, and of images and queries only whether there are some.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.projects import audit, classes, next_steps, spending, store
from app.projects.errors import (
    NotReady,
    NotRunning,
    ProjectFinished,
    ProjectNameTaken,
    UnknownPreset,
)
from app.projects.next_steps import Standing
from app.projects.schemas import NewProject, ProjectPatch
from app.projects.settings import ProjectSettings, preset
from app.projects.texts import same
from app.rounds import control
from app.tables import Budget, Project, SettingsVersion
from app.words import ProjectState
from models.presets import PRESETS


def create_project(session: Session, new: NewProject, *, by: int | None = None) -> Project:
    """Create a draft with its classes, settings and an open budget."""
    _require_free_name(session, new.name)
    settings = _settings(new).model_dump(mode="json")
    project = Project(
        name=new.name, question=new.question, guidelines=new.guidelines, settings=settings
    )
    session.add(project)
    _flush_name(session)
    session.add(SettingsVersion(project_id=project.id, version=1, settings=settings, user_id=by))
    session.add(Budget(project_id=project.id))
    classes.add_all(session, project.id, new.classes)
    audit.note(session, "project.created", project_id=project.id, by=by, name=project.name)
    session.flush()
    return project


def _settings(new: NewProject) -> ProjectSettings:
    if new.settings is not None:
        return new.settings
    try:
        return preset(new.preset or "default")
    except KeyError:
        known = ", ".join(PRESETS)
        raise UnknownPreset(f"There is no preset {new.preset!r}. Choose one of: {known}.") from None


def edit_project(
    session: Session, project_id: int, patch: ProjectPatch, *, by: int | None
) -> Project:
    """Change the name, the question or the guidelines."""
    project = locked(session, project_id)
    wanted = patch.model_dump(exclude_none=True)
    changed = {key: value for key, value in wanted.items() if getattr(project, key) != value}
    if "name" in changed and not same(changed["name"], project.name):
        _require_free_name(session, changed["name"])
    for key, value in changed.items():
        setattr(project, key, value)
    _flush_name(session)
    if changed:
        fields = ", ".join(changed)
        audit.note(session, "project.edited", project_id=project_id, by=by, fields=fields)
    return project


def start(session: Session, project_id: int, *, by: int | None, is_admin: bool = True) -> Project:
    """Let queries be posed and lent; refused with a sentence while something is missing."""
    project = locked(session, project_id)
    if project.state is ProjectState.FINISHED and not is_admin:
        raise ProjectFinished
    missing = next_steps.missing_for_start(standing(session, project))
    if missing:
        raise NotReady(missing)
    project.notice = ""
    return _enter(session, project, ProjectState.RUNNING, by=by)


def pause(session: Session, project_id: int, *, by: int | None) -> Project:
    """Hold a running project: answers in flight are taken, nothing new is lent or trained."""
    project = locked(session, project_id)
    if project.state in (ProjectState.DRAFT, ProjectState.FINISHED):
        raise NotRunning(f"The project is {_STANDS[project.state]}; there is nothing to pause.")
    return _enter(session, project, ProjectState.PAUSED, by=by)


_STANDS = {ProjectState.DRAFT: "not started yet", ProjectState.FINISHED: "finished"}


def finish(session: Session, project_id: int, *, by: int | None) -> Project:
    """End a project for good and cancel its machine work."""
    project = locked(session, project_id)
    control.cancel_all(session, project_id)
    return _enter(session, project, ProjectState.FINISHED, by=by)


def _enter(session: Session, project: Project, state: ProjectState, *, by: int | None) -> Project:
    """Change the state and note it; asking for the state it has changes nothing."""
    if project.state is not state:
        project.state = state
        audit.note(session, _ACTIONS[state], project_id=project.id, by=by)
    session.flush()
    return project


_ACTIONS = {
    ProjectState.RUNNING: "project.started",
    ProjectState.PAUSED: "project.paused",
    ProjectState.FINISHED: "project.finished",
}


def locked(session: Session, project_id: int) -> Project:
    """Return a project that nobody else changes until the transaction ends."""
    project = store.lock_project(session, project_id)
    if project is None:
        raise NotFound
    return project


def standing(session: Session, project: Project) -> Standing:
    """Gather where one project stands."""
    return standings(session, [project])[project.id]


def standings(session: Session, projects: Sequence[Project]) -> dict[int, Standing]:
    """Gather where several projects stand, with a fixed number of statements."""
    ids = [project.id for project in projects]
    class_counts, people = store.class_counts(session, ids), store.people_counts(session, ids)
    images, budgets = store.images(session, ids), store.budgets(session, ids)
    return {
        project.id: Standing(
            state=project.state,
            classes=class_counts.get(project.id, 0),
            pool_images=images.get(project.id, (0, 0, 0))[0],
            imports_under_way=images.get(project.id, (0, 0, 0))[2],
            answers_left=spending.left_of(budgets.get(project.id)),
            notice=project.notice,
            people=people.get(project.id, 0),
        )
        for project in projects
    }


def _require_free_name(session: Session, name: str) -> None:
    if store.project_named(session, name) is not None:
        raise ProjectNameTaken(f"There is already a project called {name}; choose another name.")


def _flush_name(session: Session) -> None:
    """Send a name to the database, which has the last word on whether it is free."""
    try:
        session.flush()
    except IntegrityError:
        raise ProjectNameTaken from None
