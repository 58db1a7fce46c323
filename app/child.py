"""A process that runs one long stage for a worker, and can be killed without harm to others."""

from __future__ import annotations

from app import bodies, processes
from app.rounds import stages


def run(stage_id: int, *, worker_id: str, parent: int) -> None:
    """Run a stage in this process, which makes room for others and ends when its worker does."""
    processes.die_with(parent)
    processes.give_way()
    stages.run(stage_id, worker_id=worker_id, body_of=bodies.body_of)
