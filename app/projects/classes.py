"""The classes of a project: added, renamed, given keys, put in order, archived, never deleted."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.errors import NotFound
from app.projects import audit, hotkeys, store
from app.projects.errors import (
    ClassNameTaken,
    ClassNeeded,
    KeyTaken,
    ReservedKey,
    TooManyClasses,
    UnknownClass,
)
from app.projects.schemas import ClassOut, ClassPatch, NewClass
from app.projects.texts import same
from app.tables import Project, ProjectClass, now
from app.words import ProjectState

MOST = 200


def listed(session: Session, project_id: int) -> list[ClassOut]:
    """List classes in their order, archived ones last, with how many answers name each."""
    counts = store.answers_by_class(session, project_id)
    rows = sorted(store.classes(session, project_id), key=lambda row: row.archived_at is not None)
    return [_shown(row, counts.get(row.id, 0)) for row in rows]


def _shown(row: ProjectClass, answers: int) -> ClassOut:
    return ClassOut(
        id=row.id,
        name=row.name,
        key=row.key,
        position=row.position,
        archived=row.archived_at is not None,
        answers=answers,
    )


def add(session: Session, project_id: int, new: NewClass, *, by: int | None) -> ClassOut:
    """Add a class at the end."""
    _lock(session, project_id)
    (added,) = add_all(session, project_id, [new])
    audit.note(session, "class.added", project_id=project_id, by=by, name=added.name)
    return _shown(added, 0)


def add_all(session: Session, project_id: int, new: Sequence[NewClass]) -> list[ProjectClass]:
    """Add classes at the end, each with its own key or the next free one."""
    present = list(store.classes(session, project_id))
    if len(present) + len(new) > MOST:
        raise TooManyClasses
    keys = [None if each.key is None else _read_key(each.key) for each in new]
    taken = _keys(present)
    filled = hotkeys.assign([*taken, *keys])[len(taken) :]
    position = max((row.position for row in present), default=-1) + 1
    for place, (each, key) in enumerate(zip(new, filled, strict=True), start=position):
        _require_free(present, each.name, key)
        present.append(ProjectClass(project_id=project_id, name=each.name, key=key, position=place))
    added = present[len(present) - len(new) :]
    session.add_all(added)
    session.flush()
    return added


def edit(
    session: Session, project_id: int, class_id: int, patch: ClassPatch, *, by: int | None
) -> ClassOut:
    """Rename a class, change its key or its place, archive it or bring it back."""
    project = _lock(session, project_id)
    rows = list(store.classes(session, project_id))
    row = next((each for each in rows if each.id == class_id), None)
    if row is None:
        raise UnknownClass
    others = [each for each in rows if each.id != class_id]
    notes = [
        _archive(project, row, others, wanted=patch.archived),
        _rename(row, others, patch.name),
        _give_key(row, others, patch.key),
        _move(row, others, patch.position),
    ]
    session.flush()
    for action, facts in (each for each in notes if each):
        audit.note(session, action, project_id=project_id, by=by, **facts)
    return _shown(row, store.answers_by_class(session, project_id).get(row.id, 0))


_Note = tuple[str, dict[str, str | int]] | None


def _rename(row: ProjectClass, others: list[ProjectClass], name: str | None) -> _Note:
    if name is None or name == row.name:
        return None
    _require_free(others, name, "")
    before, row.name = row.name, name
    return "class.renamed", {"before": before, "name": name}


def _give_key(row: ProjectClass, others: list[ProjectClass], wanted: str | None) -> _Note:
    if wanted is None or (key := _read_key(wanted)) == row.key:
        return None
    if row.archived_at is None:
        _require_free(others, "", key)
    row.key = key
    return "class.key", {"name": row.name, "key": key or "(none)"}


def _move(row: ProjectClass, others: list[ProjectClass], position: int | None) -> _Note:
    if position is None:
        return None
    before = row.position
    for place, each in enumerate([*others[:position], row, *others[position:]]):
        each.position = place
    return None if row.position == before else ("class.moved", {"name": row.name})


def _archive(
    project: Project, row: ProjectClass, others: list[ProjectClass], *, wanted: bool | None
) -> _Note:
    if wanted is None or wanted is (row.archived_at is not None):
        return None
    if not wanted:
        row.archived_at = None
        if row.key in _keys(others):
            row.key = hotkeys.free_key(_keys(others))
        return "class.unarchived", {"name": row.name}
    left = sum(1 for each in others if each.archived_at is None)
    if project.state is ProjectState.RUNNING and left < 2:
        raise ClassNeeded
    row.archived_at = now()
    return "class.archived", {"name": row.name}


def _require_free(rows: list[ProjectClass], name: str, key: str) -> None:
    for row in rows:
        archived = row.archived_at is not None
        if name and same(row.name, name):
            again = " It is archived: bring it back instead." if archived else ""
            raise ClassNameTaken(f"The project already has a class called {row.name}.{again}")
        if key and key == row.key and not archived:
            raise KeyTaken(f"The key {key} already answers {row.name}; choose another.")


def _keys(rows: Sequence[ProjectClass]) -> list[str]:
    """List the keys in use; an archived class gives its key free."""
    return [row.key for row in rows if row.key and row.archived_at is None]


def _read_key(text: str) -> str:
    try:
        return hotkeys.read_key(text)
    except hotkeys.KeyRefused as error:
        raise ReservedKey(str(error)) from None


def _lock(session: Session, project_id: int) -> Project:
    project = store.lock_project(session, project_id)
    if project is None:
        raise NotFound
    return project
