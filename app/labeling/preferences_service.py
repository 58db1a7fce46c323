"""What a person prefers in a project: told with the page, changed by nobody but themselves."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.accounts.auth import Actor
from app.labeling import preferences_keys, preferences_store, store
from app.labeling.errors import BadKey
from app.labeling.preferences_schemas import Preferences
from app.projects.hotkeys import KeyRefused


def read(session: Session, actor: Actor, project_id: int) -> Preferences:
    """Return the actor's preferences, or what everybody begins with."""
    found = Preferences.model_validate(preferences_store.find(session, project_id, actor.user_id))
    if not found.keys:
        return found
    keys = preferences_keys.still_fit(found.keys, store.active_classes(session, project_id))
    return found.model_copy(update={"keys": keys})


def save(session: Session, actor: Actor, project_id: int, wanted: Preferences) -> Preferences:
    """Put the actor's preferences in place of the ones before, or refuse a key with the reason."""
    try:
        keys = preferences_keys.read(wanted.keys, store.active_classes(session, project_id))
    except KeyRefused as refused:
        raise BadKey(str(refused)) from None
    saved = wanted.model_copy(update={"keys": keys})
    preferences_store.put(session, project_id, actor.user_id, saved.model_dump(mode="json"))
    return saved
