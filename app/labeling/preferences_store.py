"""A person's preferences in the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app import database
from app.tables import Preferences


def find(session: Session, project_id: int, user_id: int) -> dict[str, Any]:
    """Return what somebody has chosen in a project; empty if nothing."""
    row = session.get(Preferences, (project_id, user_id))
    return {} if row is None else row.choices


def put(session: Session, project_id: int, user_id: int, choices: dict[str, Any]) -> None:
    """Store what somebody chooses, in place of what they chose before."""
    values = {"project_id": project_id, "user_id": user_id, "choices": choices}
    insert = database.upsert(session, Preferences).values(values)
    session.execute(
        insert.on_conflict_do_update(
            index_elements=["project_id", "user_id"], set_={"choices": insert.excluded.choices}
        )
    )
