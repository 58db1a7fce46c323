"""Who did what in a project, noted and told in words. Knows no rule about who may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.projects import store
from app.projects.schemas import AuditOut, AuditPage, PersonOut

#: What an action is in words; `{…}` are its facts. Unknown actions are told by their name.
_SENTENCES = {
    "project.created": "created the project",
    "project.edited": "changed {fields}",
    "project.started": "started the project",
    "project.paused": "paused the project",
    "project.finished": "finished the project",
    "class.added": "added the class {name}",
    "class.renamed": "renamed the class {before} to {name}",
    "class.key": "gave the class {name} the key {key}",
    "class.moved": "moved the class {name}",
    "class.archived": "archived the class {name}",
    "class.unarchived": "brought back the class {name}",
    "settings.saved": "saved version {version} of the settings: {fields}",
    "budget.set": "set the budget to {caps}",
    "import.requested": "asked to import {source}",
    "query.decided": "decided that query {query} shows {outcome}",
    "query.undecided": "took back the decision on query {query}",
    "query.reopened": "had somebody else asked about query {query}",
    "member.added": "added {email} as {role}",
    "member.changed": "made {email} {role}",
    "member.removed": "removed {email}",
}


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def in_words(action: str, facts: Mapping[str, Any]) -> str:
    """Tell an entry as the rest of a sentence that begins with a person."""
    sentence = _SENTENCES.get(action)
    return sentence.format_map(_Facts(facts)) if sentence else action.replace(".", " ")


def note(
    session: Session, action: str, *, project_id: int, by: int | None, **facts: str | int
) -> None:
    """Write an entry in the same transaction as the change."""
    store.add_audit(session, action, project_id=project_id, user_id=by, facts=facts)


def page(session: Session, project_id: int, *, after: int | None, limit: int) -> AuditPage:
    """List entries, newest first."""
    rows = store.audit(session, project_id, before=after, limit=limit + 1)
    names = store.names(session, [row.user_id for row in rows])
    items = [
        AuditOut(
            id=row.id,
            at=row.at,
            by=person(row.user_id, names),
            action=row.action,
            facts=row.facts,
            sentence=in_words(row.action, row.facts),
        )
        for row in rows[:limit]
    ]
    return AuditPage(items=items, next=items[-1].id if len(rows) > limit else None)


def person(user_id: int | None, names: Mapping[int, str]) -> PersonOut | None:
    """Name whoever did something; None when it was the command line or they are gone."""
    if user_id is None or user_id not in names:
        return None
    return PersonOut(id=user_id, name=names[user_id])
