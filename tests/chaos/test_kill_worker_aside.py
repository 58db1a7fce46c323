"""kill -9 of the worker in stages beside the loop: importing, comparing annotators, the stream."""

from __future__ import annotations

import io
from contextlib import suppress
from typing import Any

import httpx
import PIL.Image
import pytest
from sqlalchemy import func, select

from app.projects.settings import Mix, Part, ProjectSettings
from app.tables import Image, Import, Project, Query, Stage, StreamImage
from app.words import Origin, Role, Source, StageKind, StageState, StreamVerdict
from tests.chaos.conftest import Stand
from tests.chaos.killing import DONE, dawdle, kill_at, on_both
from tests.deployment import eventually
from tests.factories import Factory

pytestmark = pytest.mark.services

#: How long the sender of an image waits for an answer.
PATIENCE_SECONDS = 2
#: Nothing long is learned, answers are held against each other, and all that is sent is asked.
PLAIN: dict[str, Any] = {
    "features": Part(name="pixels"),
    "generator": Part(name="perturbation"),
    "mix": Mix(synthesized=0, pool=1, explore=0),
    "repeat_rate": 0.2,
    "stream": Part(name="variable_uncertainty", options={"share": 1.0, "lately": 1000}),
}


def simplify(stand: Stand, make: Factory) -> None:
    """Set the project so, and let its lead do everything: annotators send no images."""
    project = stand.session.get_one(Project, stand.project_id)
    stand.token = make.token(make.member(project, Role.LEAD))
    settings = ProjectSettings(**project.settings).model_copy(update=PLAIN)
    project.settings = settings.model_dump(mode="json")
    stand.session.commit()


def send(stand: Stand) -> httpx.Response:
    """Send one and the same image; raises `ReadTimeout` where the verdict takes its time."""
    png = io.BytesIO()
    PIL.Image.radial_gradient("L").resize((8, 8)).save(png, "PNG")
    with stand.deployment.client(stand.token) as client:
        return client.post(
            f"/api/v1/projects/{stand.project_id}/stream",
            data={"id": "same"},
            files={"image": ("same.png", png.getvalue())},
            timeout=PATIENCE_SECONDS,
        ).raise_for_status()


def answer_and_send(stand: Stand) -> None:
    """Answer, so that there is a learner soon, and send it without waiting for the verdict."""
    stand.answer()
    with suppress(httpx.ReadTimeout):
        send(stand)


@on_both
def test_stages_beside_the_loop_survive_the_death_of_their_worker(
    stand: Stand, make: Factory
) -> None:
    simplify(stand, make)
    stand.deployment.start_web()
    dawdle(stand)
    kill_at(stand, StageKind.IMPORT_POOL)

    dawdle(stand)
    eventually(lambda: stand.stage(StageKind.IMPORT_POOL, DONE), what="the import")
    kill_at(stand, StageKind.ASSESS, meanwhile=stand.answer)

    dawdle(stand)
    eventually(lambda: stand.stage(StageKind.ASSESS, DONE), what="the comparison of annotators")
    kill_at(stand, StageKind.JUDGE_STREAM, meanwhile=lambda: answer_and_send(stand))

    dawdle(stand)
    eventually(lambda: stand.stage(StageKind.JUDGE_STREAM, DONE), what="the verdict")
    assert send(stand).status_code == httpx.codes.OK
    nothing_counts_twice(stand)


def nothing_counts_twice(stand: Stand) -> None:
    session = stand.fresh()
    brought_in = session.scalars(select(Import)).one()
    images = session.scalar(
        select(func.count()).select_from(Image).where(Image.origin == Origin.POOL)
    )
    assert images == brought_in.pool_count > 1000
    sent = session.scalars(select(StreamImage)).one()
    asked = stand.count(Query, Query.source == Source.STREAM)
    assert asked == (1 if sent.verdict is StreamVerdict.ASKED else 0)
    taken_over = session.scalars(select(Stage.kind).where(Stage.begun > 1)).all()
    assert {StageKind.IMPORT_POOL, StageKind.ASSESS, StageKind.JUDGE_STREAM} <= set(taken_over)
    failed = session.scalars(select(Stage).where(Stage.state == StageState.FAILED)).all()
    assert failed == []
