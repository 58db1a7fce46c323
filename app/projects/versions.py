"""Versions of a project's settings: read, checked, saved, listed. Every version is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.projects import audit, settings_guide, store
from app.projects.errors import SettingFixed, SettingsRefused, StaleSettings
from app.projects.schemas import (
    FieldProblem,
    SettingsCheck,
    SettingsOut,
    SettingsVersionOut,
    VersionPage,
)
from app.projects.settings import ProjectSettings
from app.projects.settings_guide import Change
from app.tables import Project, SettingsVersion


def current(session: Session, project: Project) -> SettingsOut:
    """Return the settings now, and what each of them means and allows."""
    settings = read(project.settings)
    return SettingsOut(
        version=project.settings_version,
        settings=settings,
        takes_effect=settings_guide.TAKES_EFFECT,
        consequences=settings_guide.consequences(settings),
        fixed=_fixed(session, project.id),
        fields=settings_guide.guide(),
        presets=settings_guide.presets(),
    )


def read(stored: Mapping[str, Any]) -> ProjectSettings:
    """Read stored settings, or raise `SettingsRefused` if this release knows no such setting."""
    try:
        return ProjectSettings.model_validate(stored)
    except ValidationError as error:
        sentences = " ".join(problem.sentence for problem in settings_guide.problems(error))
        raise SettingsRefused(f"These settings are not fit for this release. {sentences}") from None


def check(session: Session, project: Project, wanted: Mapping[str, Any]) -> SettingsCheck:
    """Say what saving would change and what is in the way, and save nothing."""
    try:
        settings = ProjectSettings.model_validate(wanted)
    except ValidationError as error:
        found = [FieldProblem(**vars(each)) for each in settings_guide.problems(error)]
        return SettingsCheck(problems=found, changes=[], consequences={})
    changes = settings_guide.changes(read(project.settings), settings)
    fixed = _fixed(session, project.id)
    refused = [
        FieldProblem(field=each.field, sentence=fixed[each.field])
        for each in changes
        if each.field in fixed
    ]
    return SettingsCheck(
        problems=refused, changes=changes, consequences=settings_guide.consequences(settings)
    )


def save(
    session: Session, project_id: int, settings: ProjectSettings, *, version: int, by: int | None
) -> Project:
    """Store a new version, unless somebody stored another since `version` was read."""
    project = store.lock_project(session, project_id)
    if project is None:
        raise NotFound
    if version != project.settings_version:
        raise StaleSettings(_what_happened(session, project, version))
    checked = check(session, project, settings.model_dump(mode="json"))
    if checked.problems:
        raise SettingFixed(" ".join(problem.sentence for problem in checked.problems))
    if checked.changes:
        _store(session, project, settings, changes=checked.changes, by=by)
    return project


def _store(
    session: Session,
    project: Project,
    settings: ProjectSettings,
    *,
    changes: list[Change],
    by: int | None,
) -> None:
    project.settings = settings.model_dump(mode="json")
    project.settings_version += 1
    session.add(
        SettingsVersion(
            project_id=project.id,
            version=project.settings_version,
            settings=project.settings,
            user_id=by,
        )
    )
    audit.note(
        session,
        "settings.saved",
        project_id=project.id,
        by=by,
        version=project.settings_version,
        fields="; ".join(f"{each.title} {each.before} → {each.after}" for each in changes),
    )
    session.flush()


def _what_happened(session: Session, project: Project, version: int) -> str:
    """Tell what others saved since a version, so that nobody's change is lost."""
    if version > project.settings_version:
        return f"There is no version {version} yet; the newest is {project.settings_version}."
    newer = page(session, project.id, after=None, limit=project.settings_version - version).items
    told = [
        f"{each.by.name if each.by else 'Somebody'} saved version {each.version} ("
        + "; ".join(f"{change.title}: {change.before} → {change.after}" for change in each.changes)
        + ")"
        for each in newer[:3]
    ]
    return f"{', '.join(told)} since you read version {version}. Read it, then change it again."


def _fixed(session: Session, project_id: int) -> dict[str, str]:
    """Say which fields can no longer change, and why."""
    fixed = {}
    if store.has_queries(session, project_id):
        fixed["overlap"] = (
            "Labels per query cannot change once queries are posed:"
            " answers from before and after would not weigh the same."
        )
    if store.has_imports(session, project_id):
        fixed["image_size"] = (
            "The image size cannot change once images are imported: they are stored at that size."
        )
    return fixed


def page(session: Session, project_id: int, *, after: int | None, limit: int) -> VersionPage:
    """List versions, newest first, each with what it changed."""
    rows = store.settings_versions(session, project_id, before=after, limit=limit + 1)
    names = store.names(session, [row.user_id for row in rows])
    older = [*rows[1:], None]
    items = [
        SettingsVersionOut(
            version=row.version,
            at=row.at,
            by=audit.person(row.user_id, names),
            changes=_changes(previous, row),
            settings=row.settings,
        )
        for row, previous in list(zip(rows, older, strict=True))[:limit]
    ]
    return VersionPage(items=items, next=items[-1].version if len(rows) > limit else None)


def _changes(before: SettingsVersion | None, after: SettingsVersion) -> list[Change]:
    if before is None:
        return []
    try:
        return settings_guide.changes(read(before.settings), read(after.settings))
    except SettingsRefused:
        return []
