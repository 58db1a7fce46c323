"""The engine's queue is deleted: nothing is lost with it, for the stages have their own rows."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.tables import Import, Round, Stage
from app.words import StageKind, StageState
from tests.chaos.conftest import Stand
from tests.deployment import eventually

pytestmark = pytest.mark.services


def test_the_loop_goes_on_without_the_queue_that_it_had(stand: Stand) -> None:
    made = stand.deployment
    made.start("worker")
    made.start_web()
    eventually(
        lambda: stand.stage(StageKind.LEARN_FEATURES, StageState.RUNNING),
        what="training",
    )
    for name in ("worker", "serve"):
        made.kill(name)
    for file in made.data.glob("engine.sqlite*"):
        file.unlink()

    made.start("worker")
    made.start_web()
    eventually(lambda: stand.answer(), what="an answer")
    eventually(
        lambda: stand.stage(StageKind.LEARN_FEATURES, StageState.DONE),
        what="the training that was under way",
    )
    session = stand.fresh()
    stages = session.scalars(select(Stage)).all()
    assert {stage.attempt for stage in stages} == {1}
    assert [stage.begun for stage in stages if stage.kind is StageKind.LEARN_FEATURES] == [2]
    assert session.scalars(select(Import)).one().done_at is not None
    rounds = session.scalars(select(Round.number)).all()
    assert sorted(rounds) == list(range(1, len(rounds) + 1))
