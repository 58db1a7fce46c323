"""Images sent one by one to real processes: verdicts come with the answer, and survive a worker."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from app.config import Config
from app.projects.settings import Mix, Part, ProjectSettings
from app.tables import Project
from app.words import Role, StageKind
from tests.app.rounds.conftest import Classroom
from tests.app.streams.conftest import (  # noqa: F401 - fixtures
    classroom,
    imported_data,
    strangers,
    taught,
)
from tests.deployment import Deployment, deployment, eventually
from tests.factories import Factory

pytestmark = [pytest.mark.services, pytest.mark.timeout(300)]


@pytest.fixture
def running(taught: Classroom, config: Config) -> Iterator[Deployment]:  # noqa: F811
    """Web and worker on a project that sees pixels, so that nothing long is trained."""
    project = taught.session.get_one(Project, taught.project.id)
    settings = ProjectSettings(**project.settings)
    plain = {
        "features": Part(name="pixels"),
        "mix": Mix(synthesized=0, pool=1, explore=0),
        "stream": Part(name="variable_uncertainty", options={"share": 1.0, "lately": 1000}),
    }
    project.settings = settings.model_copy(update=plain).model_dump(mode="json")
    taught.session.commit()
    taught.turn(StageKind.LEARN_FEATURES)
    with deployment(config.data) as made:
        made.start_web()
        made.start("worker")
        yield made


def test_verdicts_come_with_the_answer_and_wait_for_a_worker_that_died(
    running: Deployment,
    taught: Classroom,  # noqa: F811
) -> None:
    make = Factory(taught.session)
    client = running.client(make.token(make.member(taught.project, Role.LEAD)))
    place, images = f"/api/v1/projects/{taught.project.id}/stream", strangers(taught, 6)

    def send(number: int) -> httpx.Response:
        sent = {"image": (f"{number}.png", images[number])}
        return client.post(place, data={"id": f"n{number}"}, files=sent)

    # The worker may still be starting; the same id sent again is the same image.
    eventually(lambda: send(0).status_code == httpx.codes.OK, seconds=120, what="a verdict")
    warm = send(1)
    assert warm.status_code == httpx.codes.OK
    assert warm.json()["items"][0]["verdict"] in ("asked", "let_go")

    running.kill("worker")
    late = send(2)
    assert late.status_code == httpx.codes.ACCEPTED
    assert late.json()["items"][0]["reason"] == "in_line"
    running.start("worker")
    told = eventually(
        lambda: (found := client.get(f"{place}/n2").json())["verdict"] != "waiting" and found,
        seconds=120,
        what="the verdict of the next worker",
    )
    assert told["verdict"] == send(2).json()["items"][0]["verdict"]
