"""The stage that brings an import's images in."""

from __future__ import annotations

from app import database
from app.interchange import importing
from app.rounds.stages import Turn


def import_pool(turn: Turn) -> None:
    """Bring an import's images in; the import itself makes sure that they count once."""
    importing.run(turn.number, turn.report)
    with database.writing() as session:
        turn.finish(session)
