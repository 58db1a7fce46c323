"""Run one stage from begin to end: whose turn it is, how far it is, how it ended.

Every stage may be run twice, and a worker may die at any line. What a stage makes counts only if
`finish` holds in the same transaction. Knows nothing of what the stages do; `app.bodies` says.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy.orm import Session

from app import artifacts, database
from app.config import config
from app.errors import AppError, StoreFull
from app.rounds import stage_store as store
from app.words import StageKind
from models.errors import ModelError

_log = structlog.get_logger()

#: A stage that was begun this often has taken its worker down each time.
MOST_BEGUN = 6
#: Trying again cannot help.
ONCE = 1
#: Progress is written at most this often.
REPORT_SECONDS = 0.5


class Superseded(Exception):
    """The stage was canceled, or another worker has taken it over."""


@dataclass
class Turn:
    """A stage that this process has begun."""

    stage_id: int
    project_id: int
    kind: StageKind
    number: int
    begun: int
    facts: dict[str, Any] = field(default_factory=dict)
    _reported: float = 0.0

    def report(self, share: float, facts: Mapping[str, Any]) -> None:
        """Store how far the stage is, now and then; raises `Superseded` when it is not ours."""
        self.facts.update(facts)
        if time.monotonic() - self._reported < REPORT_SECONDS:
            return
        self._reported = time.monotonic()
        with database.writing() as session:
            ours = store.report(
                session, self.stage_id, begun=self.begun, share=share, facts=self.facts
            )
        if not ours:
            raise Superseded

    def finish(self, session: Session, **facts: Any) -> None:
        """Mark the stage as done within the transaction that keeps its results."""
        self.facts.update(facts)
        if not store.finish(session, self.stage_id, begun=self.begun, facts=self.facts):
            raise Superseded


#: What a stage of one kind does; it ends by calling `turn.finish`.
Body = Callable[[Turn], None]


def run(stage_id: int, *, worker_id: str, body_of: Callable[[StageKind], Body]) -> None:
    """Run a stage. Only the database's momentary trouble escapes, so that the engine retries."""
    turn = _begin(stage_id, worker_id)
    if turn is None:
        return
    log = _log.bind(project=turn.project_id, stage=turn.kind, number=turn.number)
    try:
        if turn.begun > MOST_BEGUN:
            _fail(turn, "Every worker that began this stage ended in it; see the log.", ONCE)
            return
        with artifacts.full_is_said():
            body_of(turn.kind)(turn)
        log.info("stage_done")
    except Superseded:
        log.info("stage_superseded")
    except StoreFull as error:
        log.warning("stage_waits_for_space")
        _fail(turn, str(error), None)
    except (AppError, ModelError) as error:
        log.warning("stage_refused", reason=str(error))
        _fail(turn, str(error), ONCE)
    except Exception as error:
        if database.is_full(error):
            log.warning("stage_waits_for_space")
            _fail(turn, StoreFull().detail, None)
        elif database.is_hiccup(error):
            raise
        else:
            log.exception("stage_failed")
            _fail(turn, _unexpected(error), config().stage_attempts)


def _unexpected(error: Exception) -> str:
    return (
        f"Something unexpected happened ({type(error).__name__}); the worker's log has the details."
    )


def _begin(stage_id: int, worker_id: str) -> Turn | None:
    with database.writing() as session:
        stage = store.begin(session, stage_id, worker_id=worker_id)
        if stage is None:
            return None
        return Turn(stage.id, stage.project_id, stage.kind, stage.number, stage.begun)


def _fail(turn: Turn, problem: str, attempts: int | None) -> None:
    with database.writing() as session:
        store.fail(session, turn.stage_id, begun=turn.begun, problem=problem, attempts=attempts)


def fail_abandoned(stage_id: int, *, worker_id: str, problem: str) -> None:
    """Mark a worker's stage as failed whose process ended without a word."""
    with database.writing() as session:
        stage = store.stage(session, stage_id)
        if stage is not None and stage.worker_id == worker_id:
            attempts = config().stage_attempts
            store.fail(session, stage_id, begun=stage.begun, problem=problem, attempts=attempts)
