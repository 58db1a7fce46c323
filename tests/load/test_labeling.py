"""Thirty-two annotators at once: nothing is lost, doubled, refused or locked.

The annotators are those of the benchmark; how fast they are is measured there, and no test here
waits for a clock.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict

import numpy as np
import pytest
from sqlalchemy.orm import Session

from app import artifacts
from app.accounts import sign_in
from app.benchmarks import store
from app.benchmarks.load import Measured, Task
from app.benchmarks.seeding import png
from app.config import Config
from app.tables import Project, Round
from app.words import Role
from tests.deployment import REPOSITORY, Deployment, deployment
from tests.factories import Factory

pytestmark = [pytest.mark.slow, pytest.mark.services]
on_both = pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)

ANNOTATORS, IMAGES = 32, 400
#: Far more than it takes: an answer that nobody gives ends the test by its timeout, not by this.
_PATIENCE = 120.0


@pytest.fixture
def served(config: Config, database_url: str) -> Iterator[Deployment]:
    """A web process alone; nothing here needs the machine."""
    with deployment(config.data, database_url) as made:
        yield made


@on_both
@pytest.mark.parametrize("overlap", [1, 3])
def test_a_crowd_answers_all_there_is_and_each_answer_counts_once(
    served: Deployment, session: Session, make: Factory, overlap: int
) -> None:
    project = _project(make, overlap)
    sessions = _annotators(session, make, project)
    served.start_web()
    measured = _label(served, project, sessions, most=IMAGES * overlap)
    assert measured.errors == {}
    assert measured.verdicts == {"stored": IMAGES * overlap}
    session.rollback()
    assert store.truth(session, project.id) == store.Truth(
        labels=IMAGES * overlap, doubled=0, over=0, miscounted=0
    )
    assert "database is locked" not in served.log("serve")
    assert "Traceback" not in served.log("serve")


@on_both
def test_who_thinks_while_others_hurry_is_never_refused(
    served: Deployment, session: Session, make: Factory
) -> None:
    project = _project(make, overlap=3)
    sessions = _annotators(session, make, project)
    served.start_web()
    measured = _label(served, project, sessions, most=10**6, think=(0.05, 0.2), seconds=4)
    assert measured.errors == {}
    assert set(measured.verdicts) == {"stored"}
    session.rollback()
    assert store.truth(session, project.id) == store.Truth(
        labels=measured.verdicts["stored"], doubled=0, over=0, miscounted=0
    )
    assert "database is locked" not in served.log("serve")


def _project(make: Factory, overlap: int) -> Project:
    project = make.project(settings={"overlap": overlap})
    first: Round = make.round(project)
    pixels = np.random.default_rng(0).integers(0, 256, (IMAGES, 8, 8), np.uint8)
    hashes = artifacts.write_images([png(each) for each in pixels])
    store.add_images(make.session, hashes, project_id=project.id, import_id=None)
    store.add_queries(
        make.session, IMAGES, project_id=project.id, round_id=first.id, overlap=overlap
    )
    make.session.commit()
    return project


def _annotators(session: Session, make: Factory, project: Project) -> tuple[tuple[str, int], ...]:
    people = [make.member(project, Role.ANNOTATOR).id for _ in range(ANNOTATORS)]
    opened = tuple((sign_in.open_session(session, each), each) for each in people)
    session.commit()
    return opened


def _label(
    served: Deployment,
    project: Project,
    sessions: tuple[tuple[str, int], ...],
    *,
    most: int,
    seconds: float = _PATIENCE,
    think: tuple[float, float] | None = None,
) -> Measured:
    """Let everybody label from a process of their own until all is answered."""
    task = Task(served.port, sessions, project.id, seconds=seconds, most=most, think=think)
    done = subprocess.run(
        [sys.executable, "-m", "app.benchmarks.load"],
        cwd=REPOSITORY,
        input=json.dumps(asdict(task)),
        capture_output=True,
        text=True,
        check=True,
    )
    return Measured(**json.loads(done.stdout))
