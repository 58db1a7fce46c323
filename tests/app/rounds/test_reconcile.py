"""Queueing what is due, from many sides at once."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from dbos import DBOSClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rounds import wake
from app.rounds.reconcile import reconcile
from app.tables import Stage
from app.words import ProjectState, StageKind, StageState
from tests.app.conftest import on_both, states
from tests.factories import Factory


def at_once(count: int, work: Callable[[], None]) -> None:
    """Do something many times at the same moment, and raise what it raises."""
    errors: list[BaseException] = []
    start = threading.Barrier(count)

    def begin() -> None:
        start.wait()
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again below
            errors.append(error)

    threads = [threading.Thread(target=begin) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for error in errors:
        raise error


def stages(session: Session) -> list[tuple[StageKind, int, int]]:
    session.rollback()
    found = session.scalars(select(Stage).order_by(Stage.id))
    return [(each.kind, each.number, each.attempt) for each in found]


@on_both
def test_many_who_reconcile_at_once_queue_a_stage_once(
    session: Session, make: Factory, queue: DBOSClient
) -> None:
    project = make.project(state=ProjectState.DRAFT)
    imports = [make.imported(project).id for _ in range(3)]
    session.rollback()
    at_once(8, lambda: reconcile(project.id))
    expected = [(StageKind.IMPORT_POOL, each, 1) for each in imports]
    assert sorted(stages(session)) == expected
    assert set(states(queue).values()) == {"ENQUEUED"}
    assert len(states(queue)) == 3


@on_both
def test_many_who_reconcile_at_once_try_a_failed_stage_once_more(
    session: Session, make: Factory
) -> None:
    project = make.project(state=ProjectState.DRAFT)
    imported = make.imported(project)
    make.stage(project, StageKind.IMPORT_POOL, number=imported.id, state=StageState.FAILED)
    at_once(8, lambda: reconcile(project.id))
    assert stages(session) == [
        (StageKind.IMPORT_POOL, imported.id, 1),
        (StageKind.IMPORT_POOL, imported.id, 2),
    ]


def test_a_project_that_is_gone_has_nothing_due(session: Session) -> None:
    reconcile(12345)
    assert stages(session) == []


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has been woken before, and every call is a look."""
    monkeypatch.setattr(wake, "_rests_until", {})
    monkeypatch.setattr(wake, "PACE_SECONDS", 0.0)
    monkeypatch.setattr(wake, "SHARE", float("inf"))


@pytest.mark.usefixtures("unhurried")
def test_waking_never_raises_and_goes_on_afterwards(
    session: Session, make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make.project(state=ProjectState.DRAFT)
    make.imported(project)

    def broken(project_id: int) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(wake, "reconcile", broken)
        wake.wake(project.id)
    wake.wake(project.id)
    assert len(stages(session)) == 1


@on_both
@pytest.mark.usefixtures("unhurried")
def test_many_who_wake_at_once_queue_a_stage_once(session: Session, make: Factory) -> None:
    project = make.project(state=ProjectState.DRAFT)
    make.imported(project)
    session.rollback()
    at_once(8, lambda: wake.wake(project.id))
    assert len(stages(session)) == 1
