"""kill -9 of the worker in the middle of each stage: the loop goes on, and nothing counts twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from app.tables import Image, Import, ModelCheckpoint, Round, Stage
from app.words import Origin, StageKind
from tests.chaos.conftest import Stand
from tests.chaos.killing import DONE, await_held, dawdle, hold, kill_at, on_both
from tests.deployment import eventually

pytestmark = pytest.mark.services


def kill_after(stand: Stand, kind: StageKind, *, meanwhile: Callable[[], object]) -> int:
    """Kill the worker when a stage counts and the queue does not know it yet; returns its id."""
    (stand.deployment.data / f"linger-{kind}").touch()
    marker = stand.deployment.data / f"lingering-{kind}"

    def reached() -> bool:
        meanwhile()
        return marker.exists()

    eventually(reached, what=f"the worker behind the end of {kind}")
    stage = stand.stage(kind, DONE)
    assert stage is not None
    stand.deployment.kill("worker")
    return stage.id


def kill_held(stand: Stand, kind: StageKind) -> None:
    """Kill the worker while a child process of it is in the middle of a stage."""
    await_held(stand, kind)
    stand.deployment.kill("worker")


@on_both
def test_every_stage_survives_the_death_of_its_worker(stand: Stand) -> None:
    hold(stand, StageKind.LEARN_FEATURES)
    hold(stand, StageKind.TRAIN_GENERATOR)
    stand.deployment.start_web()
    dawdle(stand)
    kill_at(stand, StageKind.FIT_AND_POSE)
    dawdle(stand)
    eventually(lambda: stand.answer(), what="an answer after the round was taken over")
    eventually(lambda: stand.stage(StageKind.FIT_AND_POSE, DONE), what="the first round")

    kill_held(stand, StageKind.LEARN_FEATURES)
    dawdle(stand)
    kill_at(stand, StageKind.EVALUATE, meanwhile=stand.answer)

    dawdle(stand)
    eventually(lambda: stand.stage(StageKind.EVALUATE, DONE), what="the evaluation")
    kill_held(stand, StageKind.TRAIN_GENERATOR)
    dawdle(stand)
    eventually(lambda: stand.stage(StageKind.TRAIN_GENERATOR, DONE), what="the generator")
    counted = kill_after(stand, StageKind.FIT_AND_POSE, meanwhile=stand.answer)
    stand.deployment.start("worker")

    def goes_on() -> bool:
        stand.answer()
        newest = stand.stage(StageKind.FIT_AND_POSE, DONE)
        return newest is not None and newest.id > counted

    eventually(goes_on, what="a round after the one that was over")
    nothing_counts_twice(stand)
    # Whoever took it over saw that it was done, and did not begin it again.
    assert stand.fresh().get_one(Stage, counted).begun == 1


def nothing_counts_twice(stand: Stand) -> None:
    session = stand.fresh()
    rounds = session.scalars(select(Round.number).order_by(Round.number)).all()
    assert list(rounds) == list(range(1, len(rounds) + 1))
    checkpoints = session.execute(
        select(ModelCheckpoint.kind, func.count())
        .where(ModelCheckpoint.kind.in_(["features", "generator"]))
        .group_by(ModelCheckpoint.kind)
    ).all()
    assert dict(map(tuple, checkpoints)) == {"features": 1, "generator": 1}
    brought_in = session.scalars(select(Import)).one()
    images = session.scalar(
        select(func.count()).select_from(Image).where(Image.origin == Origin.POOL)
    )
    assert images == brought_in.pool_count > 1000
    taken_over = session.scalars(select(Stage).where(Stage.begun > 1)).all()
    assert {stage.kind for stage in taken_over} >= {
        StageKind.FIT_AND_POSE,
        StageKind.EVALUATE,
        StageKind.LEARN_FEATURES,
        StageKind.TRAIN_GENERATOR,
    }
