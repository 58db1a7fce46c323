"""The queue: what is enqueued twice, lost, left behind or taken for over."""

from __future__ import annotations

import contextlib
import sqlite3

import pytest
from dbos import DBOSClient

from app import engine
from app.config import Config
from app.engine import Ticket
from app.words import StageKind
from tests.app.conftest import on_both, pretend, states

pytestmark = pytest.mark.usefixtures("config")

FIT = Ticket(1, project_id=1, number=1, kind=StageKind.FIT_AND_POSE, attempt=1)
TRAIN = Ticket(2, project_id=1, number=1, kind=StageKind.LEARN_FEATURES, attempt=1)


@on_both
def test_the_same_stage_twice_is_queued_once(queue: DBOSClient) -> None:
    engine.enqueue(FIT)
    engine.enqueue(FIT)
    assert states(queue) == {"1:1:fit_and_pose:1": "ENQUEUED"}


@on_both
def test_another_attempt_is_another_piece_of_work(queue: DBOSClient) -> None:
    engine.enqueue(FIT)
    engine.enqueue(Ticket(3, 1, 1, StageKind.FIT_AND_POSE, attempt=2))
    assert len(states(queue)) == 2


def test_long_work_waits_on_a_queue_of_its_own(queue: DBOSClient) -> None:
    for ticket in (FIT, TRAIN):
        engine.enqueue(ticket)
    queues = {each.workflow_id: each.queue_name for each in queue.list_workflows()}
    assert queues == {FIT.workflow_id: "posing", TRAIN.workflow_id: "training"}


@on_both
def test_a_canceled_stage_is_not_queued_any_more(queue: DBOSClient) -> None:
    engine.enqueue(TRAIN)
    engine.cancel(TRAIN)
    engine.enqueue(TRAIN)
    assert states(queue) == {TRAIN.workflow_id: "CANCELLED"}


def test_canceling_what_the_engine_never_heard_of_does_no_harm(queue: DBOSClient) -> None:
    engine.cancel(TRAIN)
    assert states(queue) == {}


@on_both
def test_what_a_dead_worker_left_is_handed_back_and_a_living_ones_is_not(
    config: Config, queue: DBOSClient
) -> None:
    for ticket, worker in ((FIT, "dead"), (TRAIN, "alive")):
        engine.enqueue(ticket)
        pretend(config, ticket, "PENDING", worker=worker)
    handed_back = engine.hand_back_orphans(lambda worker, _: worker == "alive")
    assert handed_back == [FIT.workflow_id]
    assert states(queue) == {FIT.workflow_id: "ENQUEUED", TRAIN.workflow_id: "PENDING"}


def test_what_nobody_has_begun_is_left_alone(queue: DBOSClient) -> None:
    engine.enqueue(FIT)
    assert engine.hand_back_orphans(lambda *_: False) == []
    assert states(queue) == {FIT.workflow_id: "ENQUEUED"}


@on_both
@pytest.mark.parametrize("status", ["SUCCESS", "ERROR", "CANCELLED"])
def test_what_the_engine_takes_for_over_is_revived(
    config: Config, queue: DBOSClient, status: str
) -> None:
    engine.enqueue(FIT)
    pretend(config, FIT, status)
    assert engine.revive([FIT]) == [FIT.workflow_id]
    assert states(queue) == {FIT.workflow_id: "ENQUEUED"}


def test_what_the_engine_has_lost_is_revived(queue: DBOSClient) -> None:
    assert engine.revive([FIT, TRAIN]) == [FIT.workflow_id, TRAIN.workflow_id]
    assert states(queue) == {FIT.workflow_id: "ENQUEUED", TRAIN.workflow_id: "ENQUEUED"}


def test_what_is_under_way_needs_no_revival(config: Config, queue: DBOSClient) -> None:
    for ticket in (FIT, TRAIN):
        engine.enqueue(ticket)
    pretend(config, TRAIN, "PENDING")
    assert engine.revive([FIT, TRAIN]) == []
    assert engine.revive([]) == []


@on_both
def test_history_is_forgotten_after_some_days_and_work_is_not(
    config: Config, queue: DBOSClient
) -> None:
    for ticket in (FIT, TRAIN):
        engine.enqueue(ticket)
    pretend(config, FIT, "SUCCESS")
    engine.forget_history()
    assert states(queue) == {TRAIN.workflow_id: "ENQUEUED"}
    engine.forget_history()


def test_a_damaged_queue_is_named_with_what_to_do(config: Config) -> None:
    engine.forget()
    file = config.data / "engine.sqlite"
    for suffix in ("-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    file.write_bytes(b"this was a database once" * 1000)
    with pytest.raises(engine.QueueDamaged, match=r"engine\.sqlite is damaged\. Delete"):
        engine.prepare()


def test_a_deleted_queue_is_made_again(config: Config) -> None:
    engine.forget()
    (config.data / "engine.sqlite").unlink()
    engine.prepare()
    assert (config.data / "engine.sqlite").exists()
    engine.enqueue(FIT)
    made = DBOSClient(system_database_url=config.engine_database)
    assert states(made) == {FIT.workflow_id: "ENQUEUED"}
    made.destroy()


def test_the_queue_on_sqlite_writes_ahead(config: Config) -> None:
    with contextlib.closing(sqlite3.connect(config.data / "engine.sqlite")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
