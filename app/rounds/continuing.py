"""Going on with a training whose process ended: what it kept on the way, as one artifact.

A stage that is begun again goes on where the last attempt at the same piece of work left off.
Knows nothing of what is trained.
"""

from __future__ import annotations

import time

from app import artifacts
from app.errors import ArtifactMissing
from app.rounds.stages import Turn
from models.checkpoints import from_blob, to_blob
from models.interfaces import Checkpoint, CheckpointDamaged
from models.lessons import Keep

#: Least time between two keepings; at most so much training is lost with a process.
KEEP_SECONDS = 60


def keeper(turn: Turn) -> Keep:
    """Return what writes the state of a training, now and then."""
    kept_at = time.monotonic()

    def keep(state: Checkpoint) -> None:
        nonlocal kept_at
        if time.monotonic() - kept_at >= KEEP_SECONDS:
            kept_at = time.monotonic()
            artifacts.write(_name(turn), to_blob(state))

    return keep


def kept(turn: Turn) -> Checkpoint | None:
    """Read what an earlier attempt kept; None when there is nothing, or nothing whole."""
    try:
        return from_blob(artifacts.read(_name(turn)))
    except (ArtifactMissing, CheckpointDamaged):
        return None


def forget(turn: Turn) -> None:
    """Delete what was kept, when the training is over."""
    artifacts.delete(_name(turn))


def _name(turn: Turn) -> str:
    return f"projects/{turn.project_id}/checkpoints/{turn.kind}-{turn.number}.kept"
