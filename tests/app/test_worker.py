"""The janitor in every worker: what nobody works on any more is queued again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from dbos import DBOSClient
from sqlalchemy.orm import Session

from app import engine, liveness, worker
from app.config import Config
from app.rounds import stage_store
from app.tables import Stage, now
from app.words import StageKind, StageState
from tests.app.conftest import pretend, states
from tests.factories import Factory

QUEUED, RUNNING = StageState.QUEUED, StageState.RUNNING
LONG_AGO = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def me(config: Config, monkeypatch: pytest.MonkeyPatch) -> str:
    """This process is the worker `me`, and alive."""
    monkeypatch.setattr(worker, "_worker_id", "me")
    monkeypatch.setattr(worker, "_busy", set())
    monkeypatch.setattr(worker, "_idle_since", {})
    return "me"


def _stage(make: Factory, state: StageState, by: str | None = None) -> engine.Ticket:
    stage = make.stage(
        make.project(),
        StageKind.FIT_AND_POSE,
        state=state,
        worker_id=by,
        begun=0 if by is None else 1,
        queued_at=now() - LONG_AGO,
        started_at=None if by is None else now() - LONG_AGO,
    )
    return stage_store.ticket(stage)


def test_a_queued_stage_that_the_engine_never_heard_of_is_queued_there(
    make: Factory, queue: DBOSClient
) -> None:
    ticket = _stage(make, QUEUED)
    worker._take_over()
    assert states(queue) == {ticket.workflow_id: "ENQUEUED"}


def test_a_stage_that_was_queued_just_now_is_left_to_whoever_queued_it(
    make: Factory, queue: DBOSClient
) -> None:
    make.stage(make.project())
    worker._take_over()
    assert states(queue) == {}


def test_a_queued_stage_that_the_engine_gave_up_is_queued_again(
    make: Factory, queue: DBOSClient, config: Config
) -> None:
    ticket = _stage(make, QUEUED)
    engine.enqueue(ticket)
    pretend(config, ticket, "ERROR")
    worker._take_over()
    assert states(queue) == {ticket.workflow_id: "ENQUEUED"}


@pytest.mark.parametrize("known_as", [None, "PENDING", "ERROR", "SUCCESS"])
def test_a_dead_workers_stage_is_queued_again_whatever_the_engine_thinks(
    make: Factory, queue: DBOSClient, config: Config, known_as: str | None
) -> None:
    ticket = _stage(make, RUNNING, by="dead")
    if known_as:
        engine.enqueue(ticket)
        pretend(config, ticket, known_as, worker="dead")
    worker._take_over()
    assert states(queue) == {ticket.workflow_id: "ENQUEUED"}


def test_a_living_workers_stage_is_left_to_it(
    make: Factory, queue: DBOSClient, config: Config
) -> None:
    lock = liveness.hold("other")
    ticket = _stage(make, RUNNING, by="other")
    engine.enqueue(ticket)
    pretend(config, ticket, "PENDING", worker="other")
    worker._take_over()
    assert states(queue) == {ticket.workflow_id: "PENDING"}
    lock.release()


def test_a_stage_that_this_worker_is_busy_with_is_left_alone(
    make: Factory, queue: DBOSClient, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "OVERDUE", timedelta(0))
    ticket = _stage(make, RUNNING, by="me")
    engine.enqueue(ticket)
    pretend(config, ticket, "PENDING", worker="me")
    worker._busy.add(ticket.workflow_id)
    worker._take_over()
    assert states(queue) == {ticket.workflow_id: "PENDING"}


@pytest.mark.parametrize("known_as", ["PENDING", "ERROR"])
def test_a_stage_that_this_worker_dropped_is_queued_again_after_a_while(
    make: Factory,
    queue: DBOSClient,
    config: Config,
    monkeypatch: pytest.MonkeyPatch,
    known_as: str,
) -> None:
    ticket = _stage(make, RUNNING, by="me")
    engine.enqueue(ticket)
    pretend(config, ticket, known_as, worker="me")
    worker._take_over()
    assert states(queue) == {ticket.workflow_id: known_as}
    monkeypatch.setattr(worker, "OVERDUE", timedelta(0))
    worker._take_over()
    assert states(queue) == {ticket.workflow_id: "ENQUEUED"}


@pytest.mark.parametrize("state", [StageState.DONE, StageState.FAILED, StageState.CANCELED])
def test_what_is_over_stays_over(
    make: Factory, session: Session, queue: DBOSClient, state: StageState
) -> None:
    _stage(make, state, by="dead")
    worker._take_over()
    assert states(queue) == {}
    assert session.query(Stage).one().state is state
