"""One stage from begin to end: retries, failures, take-overs, cancellation."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app import database
from app.errors import ArtifactMissing, StoreFull
from app.rounds import control, stage_store, stages
from app.rounds.stages import Body, Superseded, Turn
from app.tables import Project, Stage
from app.words import StageKind, StageState
from models.interfaces import PoolTooSmall
from tests.factories import Factory

KIND = StageKind.EVALUATE


@pytest.fixture
def project(make: Factory) -> Project:
    return make.project()


@pytest.fixture
def stage(make: Factory, project: Project) -> Stage:
    return make.stage(project, KIND)


@pytest.fixture
def now(session: Session, stage: Stage) -> Callable[[], Stage]:
    """The stage as it is now."""

    def look() -> Stage:
        session.rollback()
        session.refresh(stage)
        return stage

    return look


def run(stage: Stage, body: Body, *, worker_id: str = "me") -> None:
    stages.run(stage.id, worker_id=worker_id, body_of={KIND: body}.__getitem__)


def finishing(turn: Turn) -> None:
    with database.writing() as session:
        turn.finish(session, made=1)


def raising(error: BaseException) -> Body:
    def body(turn: Turn) -> None:
        raise error

    return body


def trouble(text: str = "database is locked") -> OperationalError:
    return OperationalError("UPDATE", {}, Exception(text))


def test_a_stage_that_finishes_is_done_once(stage: Stage, now: Callable[[], Stage]) -> None:
    run(stage, finishing)
    run(stage, raising(AssertionError("it ran twice")))
    found = now()
    assert (found.state, found.begun, found.share) == (StageState.DONE, 1, 1.0)
    assert found.facts == {"made": 1}
    assert found.finished_at is not None


def test_the_databases_trouble_escapes_so_that_the_engine_tries_again(
    stage: Stage, now: Callable[[], Stage]
) -> None:
    for _ in range(2):
        with pytest.raises(OperationalError):
            run(stage, raising(trouble()))
    assert now().state is StageState.RUNNING
    run(stage, finishing)
    assert (now().state, now().begun, now().attempt) == (StageState.DONE, 3, 1)


def test_a_stage_that_ends_every_worker_is_given_up(stage: Stage, now: Callable[[], Stage]) -> None:
    for _ in range(stages.MOST_BEGUN):
        with pytest.raises(OperationalError):
            run(stage, raising(trouble()))
    run(stage, raising(AssertionError("it ran once more")))
    assert (now().state, now().final) == (StageState.FAILED, True)
    assert "Every worker" in now().problem


@pytest.mark.parametrize(
    "error",
    [
        StoreFull(),
        trouble("(sqlite3.OperationalError) database or disk is full"),
        trouble('could not extend file "base/5/1": No space left on device'),
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
    ],
)
def test_a_full_disk_fails_a_stage_with_what_to_do_and_is_never_final(
    make: Factory, session: Session, project: Project, error: Exception
) -> None:
    stage = make.stage(project, KIND, attempt=50)
    run(stage, raising(error))
    session.refresh(stage)
    assert (stage.state, stage.final) == (StageState.FAILED, False)
    assert stage.problem == StoreFull().detail


@pytest.mark.parametrize("error", [ArtifactMissing(), PoolTooSmall("Import more images.")])
def test_what_trying_again_cannot_help_is_final_at_once(
    stage: Stage, now: Callable[[], Stage], error: Exception
) -> None:
    run(stage, raising(error))
    assert (now().state, now().final, now().problem) == (StageState.FAILED, True, str(error))


@pytest.mark.parametrize(("attempt", "final"), [(1, False), (2, False), (3, True), (4, True)])
def test_what_nobody_foresaw_is_tried_three_times_and_never_quoted(
    make: Factory, session: Session, project: Project, attempt: int, final: bool
) -> None:
    stage = make.stage(project, KIND, attempt=attempt)
    run(stage, raising(ZeroDivisionError("secret")))
    session.refresh(stage)
    assert (stage.state, stage.final) == (StageState.FAILED, final)
    assert "ZeroDivisionError" in stage.problem
    assert "secret" not in stage.problem


def test_whoever_began_last_is_the_only_one_who_may_finish(
    stage: Stage, now: Callable[[], Stage]
) -> None:
    def overtaken(turn: Turn) -> None:
        run(stage, finishing, worker_id="other")
        finishing(turn)

    run(stage, overtaken)
    found = now()
    assert (found.state, found.begun, found.worker_id) == (StageState.DONE, 2, "other")


def test_what_a_canceled_stage_made_does_not_count(
    project: Project, stage: Stage, session: Session, now: Callable[[], Stage]
) -> None:
    def canceled(turn: Turn) -> None:
        control.cancel(session, project.id, stage.id)
        session.commit()
        with pytest.raises(Superseded):
            turn.report(0.5, {})
        finishing(turn)

    run(stage, canceled)
    assert (now().state, now().final, now().facts) == (StageState.CANCELED, True, {})


def test_progress_is_stored_now_and_then(stage: Stage, now: Callable[[], Stage]) -> None:
    seen: list[tuple[float, Any]] = []

    def reporting(turn: Turn) -> None:
        for share in (0.1, 0.2, 0.3):
            turn.report(share, {"epoch": int(share * 10)})
        seen.append((now().share, now().facts))
        finishing(turn)

    run(stage, reporting)
    assert seen == [(0.1, {"epoch": 1})]
    assert now().facts == {"epoch": 3, "made": 1}


def test_a_child_that_ended_without_a_word_fails_its_own_workers_stage(
    stage: Stage, now: Callable[[], Stage]
) -> None:
    with pytest.raises(OperationalError):
        run(stage, raising(trouble()))
    stages.fail_abandoned(stage.id, worker_id="me", problem="It ended.")
    assert (now().state, now().final, now().problem) == (StageState.FAILED, False, "It ended.")


def test_a_child_that_was_overtaken_fails_nobody_elses_stage(
    stage: Stage, now: Callable[[], Stage]
) -> None:
    with pytest.raises(OperationalError):
        run(stage, raising(trouble()), worker_id="other")
    stages.fail_abandoned(stage.id, worker_id="me", problem="It ended.")
    stages.fail_abandoned(stage.id + 1, worker_id="me", problem="It ended.")
    assert (now().state, now().worker_id) == (StageState.RUNNING, "other")


def test_a_stage_that_is_gone_is_no_trouble(stage: Stage, session: Session) -> None:
    """The queue may remember what the database does not: nothing is done, nothing made."""
    done = list[Turn]()
    session.delete(stage)
    session.commit()
    run(stage, done.append)
    assert done == []
    assert session.scalars(select(Stage)).all() == []


def test_a_stage_that_goes_while_it_runs_keeps_nothing(
    stage: Stage, project: Project, session: Session
) -> None:
    def body(turn: Turn) -> None:
        session.delete(session.get_one(Stage, stage.id, populate_existing=True))
        session.commit()
        with database.writing() as writing:
            writing.get_one(Project, project.id).notice = "made by nobody"
            writing.flush()
            turn.finish(writing)

    run(stage, body)
    session.rollback()
    assert session.get_one(Project, project.id, populate_existing=True).notice == ""
    assert session.scalars(select(Stage)).all() == []


def test_a_failed_stage_may_be_tried_again_by_a_person_and_one_under_way_may_not(
    project: Project, stage: Stage, session: Session
) -> None:
    with pytest.raises(control.StageNotOver):
        control.retry(session, project.id, stage.id)
    run(stage, raising(ArtifactMissing()))
    session.refresh(stage)
    ticket = control.retry(session, project.id, stage.id)
    session.commit()
    assert (ticket.attempt, ticket.number) == (2, stage.number)
    with pytest.raises(control.StageOver):
        control.cancel(session, project.id, stage.id)
    with pytest.raises(control.StageTriedAgain):
        control.retry(session, project.id, stage.id)


def test_everything_under_way_is_canceled_together(
    make: Factory, project: Project, session: Session
) -> None:
    for kind in (StageKind.FIT_AND_POSE, StageKind.LEARN_FEATURES):
        make.stage(project, kind)
    other = make.stage(make.project())
    control.cancel_all(session, project.id)
    session.commit()
    assert stage_store.stages_under_way(session, project.id) == []
    assert other.state is StageState.QUEUED
