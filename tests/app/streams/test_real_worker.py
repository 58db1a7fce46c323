"""Images sent one by one to real processes: verdicts come with the answer, and survive a worker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import httpx
import pytest
from sqlalchemy.orm import Session

from app.config import Config
from app.interchange import demo
from app.projects.settings import Mix, Part, ProjectSettings
from app.tables import Project
from app.words import Role
from tests.app.projects.conftest import on_both_databases
from tests.app.rounds.conftest import Classroom
from tests.app.streams.conftest import strangers
from tests.deployment import Deployment, deployment, eventually
from tests.factories import Factory

pytestmark = pytest.mark.services


@dataclass
class Running:
    """Web and worker on a project that sees pixels, so that nothing long is trained."""

    deployment: Deployment
    room: Classroom
    client: httpx.Client

    @property
    def place(self) -> str:
        return f"/api/v1/projects/{self.room.project.id}"

    def answer(self) -> None:
        """Answer what is lent, so that there is a learner soon."""
        claims = self.client.post(f"{self.place}/claims").raise_for_status().json()
        answers = [
            {
                "id": str(uuid4()),
                "query_id": query["id"],
                "answer": "class",
                "class": query["class_ids"][query["id"] % 2],
                "duration_ms": 500,
            }
            for query in claims["queries"]
        ]
        if answers:
            self.client.post("/api/v1/labels", json=answers).raise_for_status()

    def send(self, name: str, image: bytes) -> httpx.Response:
        """Send one image; the same name again is the same image."""
        sent = {"image": (f"{name}.png", image)}
        return self.client.post(f"{self.place}/stream", data={"id": name}, files=sent)


@pytest.fixture
def running(
    config: Config, session: Session, make: Factory, database_url: str
) -> Iterator[Running]:
    project = session.get_one(Project, demo.create_demo(session))
    plain = {
        "features": Part(name="pixels"),
        "generator": Part(name="perturbation"),
        "mix": Mix(synthesized=0, pool=1, explore=0),
        "stream": Part(name="variable_uncertainty", options={"share": 1.0, "lately": 1000}),
    }
    settings = ProjectSettings(**project.settings).model_copy(update=plain)
    project.settings = settings.model_dump(mode="json")
    session.commit()
    token = make.token(make.member(project, Role.LEAD))
    with deployment(config.data, database_url) as made:
        made.start_web()
        made.start("worker")
        yield Running(made, Classroom(session, project), made.client(token))


@on_both_databases
def test_verdicts_come_with_the_answer_and_wait_for_a_worker_that_died(running: Running) -> None:
    def taught() -> bool:
        running.answer()
        rounds = running.client.get(f"{running.place}/dashboard").json()["rounds"]
        return any("learner" in each["checkpoints"] for each in rounds)

    eventually(taught, what="a learner")
    images = strangers(running.room, 6)

    def judged() -> bool:
        return running.send("n0", images[0]).status_code == httpx.codes.OK

    eventually(judged, what="a verdict")
    warm = running.send("n1", images[1])
    assert warm.status_code == httpx.codes.OK
    assert warm.json()["items"][0]["verdict"] in ("asked", "let_go")

    running.deployment.kill("worker")
    late = running.send("n2", images[2])
    assert late.status_code == httpx.codes.ACCEPTED
    assert late.json()["items"][0]["reason"] == "in_line"
    running.deployment.start("worker")
    told = eventually(
        lambda: (
            (found := running.client.get(f"{running.place}/stream/n2").json())["verdict"]
            != "waiting"
            and found
        ),
        what="the verdict of the next worker",
    )
    assert told["verdict"] == running.send("n2", images[2]).json()["items"][0]["verdict"]
