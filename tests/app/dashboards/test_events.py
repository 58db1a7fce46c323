import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from app import database
from app.dashboards import events, service
from app.dashboards.machine import Condition
from app.dashboards.schemas import MachineNow, Snapshot
from app.tables import Budget, Project, Stage
from app.words import StageKind, StageState
from tests.factories import Factory


def _snapshot(answers: int) -> Snapshot:
    machine = MachineNow(
        condition=Condition.RESTING, sentence="Paused.", hint="", stages=[], retry=None
    )
    return Snapshot(
        revision=str(answers),
        machine=machine,
        answers=answers,
        cost=Decimal(0),
        share=None,
        open_queries=0,
    )


def _sent(looks: list[Snapshot | None]) -> list[int]:
    """Which snapshots are sent when these are seen, one look after the other."""
    seen: Iterator[Snapshot | None] = iter(looks)

    async def collect() -> list[int]:
        stream = events.changes(lambda: next(seen), poll=0)
        return [json.loads(str(event.data))["answers"] async for event in stream]

    # In a thread of its own: the browser's driver keeps a loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, collect()).result()


def test_only_what_changed_is_sent_and_the_present_comes_first() -> None:
    looks = [_snapshot(1), _snapshot(1), _snapshot(2), _snapshot(2), _snapshot(1), None]
    assert _sent(looks) == [1, 2, 1]


def test_a_project_that_is_gone_ends_the_stream() -> None:
    assert _sent([None]) == []


def test_a_stream_ends_so_that_the_role_is_checked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "LONGEST_SECONDS", 0.0)
    assert _sent([_snapshot(1)]) == []


def test_a_snapshot_is_read_in_a_transaction_of_its_own(make: Factory) -> None:
    project = make.project()
    found = events.read(project.id)
    assert found is not None
    assert found.answers == 0
    assert events.read(project.id + 1) is None


def _revision(project: Project) -> str:
    with database.reading() as session:
        return service.snapshot(session, project.id).revision


def test_the_revision_changes_with_what_the_page_shows(make: Factory) -> None:
    project = make.project()
    seen = [_revision(project)]
    make.round(project)
    seen.append(_revision(project))
    make.session.get_one(Budget, project.id).answers_spent = 3
    make.session.commit()
    seen.append(_revision(project))
    stage = Stage(project_id=project.id, kind=StageKind.EVALUATE, number=1)
    make.session.add(stage)
    make.session.commit()
    seen.append(_revision(project))
    stage.state = StageState.RUNNING
    make.session.commit()
    seen.append(_revision(project))
    stage.state = StageState.FAILED
    make.session.commit()
    seen.append(_revision(project))
    assert len(set(seen)) == len(seen)


def test_progress_alone_needs_no_new_page(make: Factory) -> None:
    project = make.project()
    stage = Stage(
        project_id=project.id, kind=StageKind.TRAIN_GENERATOR, number=1, state=StageState.RUNNING
    )
    make.session.add(stage)
    make.session.commit()
    before = events.read(project.id)
    stage.share, stage.facts = 0.5, {"loss": 0.25}
    make.session.commit()
    after = events.read(project.id)
    assert before is not None
    assert after is not None
    assert before != after
    assert before.revision == after.revision
    assert after.machine.stages[0].details == "loss 0.25"
