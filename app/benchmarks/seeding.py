"""A server's database with much to label: one project with a long queue, one that trains for long.

A program of its own, run before the server starts: writes the tables that machine work would have
written, so that labeling is measured and not posing. Prints what the load needs to know.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture
from sqlalchemy.orm import Session

from app import artifacts, database, engine
from app.accounts import service as accounts
from app.interchange import demo
from app.projects import members, spending
from app.projects import service as projects
from app.projects.schemas import BudgetPut, NewProject
from app.projects.settings import Mix, Part, ProjectSettings
from app.tables import Image, Import, Query, Round, now
from app.words import Origin, ProjectState, Role, Source

POOL = 20_000
#: Open from the start: more than a run can answer, so that nobody waits for the machine.
QUERIES = 6_000
#: Longer than any measurement.
_EPOCHS = 200
_SIDE = 8


def seed(annotators: int) -> dict[str, object]:
    """Write everything and return the project's number and the annotators' tokens."""
    database.migrate()
    engine.prepare()
    pixels = np.random.default_rng(0).integers(0, 256, (POOL, 1, _SIDE, _SIDE), np.uint8)
    hashes = artifacts.write_images([_png(each[0]) for each in pixels])
    artifacts.write_array("bench/pool.npy", pixels)
    with database.writing() as session:
        _make_busy(session)
        project_id = _make_project(session, hashes)
        tokens = [_add_annotator(session, project_id, number) for number in range(annotators)]
    return {"project": project_id, "tokens": tokens}


def _png(pixels: NDArray[np.uint8]) -> bytes:
    content = io.BytesIO()
    Picture.fromarray(pixels).save(content, "png")
    return content.getvalue()


def _make_busy(session: Session) -> None:
    """Make the demo project train for longer than the measurement takes."""
    project = projects.locked(session, demo.create_demo(session))
    settings = ProjectSettings(
        features=Part(name="discriminator", options={"epochs": _EPOCHS}),
        generator=Part(name="vae", options={"epochs": _EPOCHS}),
    )
    project.settings = settings.model_dump(mode="json")


def _make_project(session: Session, hashes: Sequence[str]) -> int:
    """Make a running project with a long queue: on pixels, with nothing to imagine."""
    settings = ProjectSettings(features=Part(name="pixels"), mix=Mix(synthesized=0))
    new = NewProject(name="Benchmark", classes=[*"0123456789"], settings=settings)
    project = projects.create_project(session, new)
    project.state = ProjectState.RUNNING
    project.channels, project.height, project.width = 1, _SIDE, _SIDE
    spending.put(session, project.id, BudgetPut(max_answers=POOL), by=None)
    source = Import(
        project_id=project.id,
        request={},
        pool_array="bench/pool.npy",
        pool_count=POOL,
        done_at=now(),
    )
    first = Round(project_id=project.id, number=1, settings_version=1, seed=0)
    session.add_all([source, first])
    session.flush()
    images = [
        Image(project_id=project.id, sha256=each, origin=Origin.POOL, import_id=source.id, row=row)
        for row, each in enumerate(hashes)
    ]
    session.add_all(images)
    session.flush()
    session.add_all(
        Query(project_id=project.id, round_id=first.id, image_id=image.id, source=Source.POOL)
        for image in images[:QUERIES]
    )
    return project.id


def _add_annotator(session: Session, project_id: int, number: int) -> str:
    user = accounts.create_user(
        session, email=f"bench{number}@cusp.local", name=f"Bench {number}", is_admin=False
    )
    members.put(session, project_id, user.id, role=Role.ANNOTATOR, by=None, is_admin=True)
    return accounts.create_token(session, user.id, name="bench", days=1, by_token=False)[1]


if __name__ == "__main__":
    json.dump(seed(int(sys.stdin.read())), sys.stdout)
