"""A server's database with much to label: one project with a long queue, one that trains for long.

A program of its own, run before the server starts: writes the tables that machine work would have
written, so that labeling is measured and not posing. Prints what the load needs to know.
"""

from __future__ import annotations

import json
import struct
import sys
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from app import artifacts, database, engine
from app.accounts import service as accounts
from app.accounts import sign_in
from app.benchmarks import store
from app.interchange import demo
from app.projects import members, spending
from app.projects import service as projects
from app.projects.schemas import BudgetPut, NewProject
from app.projects.settings import Mix, Part, ProjectSettings
from app.tables import Import, Round, now
from app.words import ProjectState, Role

#: Takes longer than any measurement.
_LONG = {"least_steps": 100_000}


@dataclass(frozen=True)
class Scene:
    """What is asked for."""

    annotators: int
    images: int
    overlap: int = 1
    side: int = 8

    @property
    def queries(self) -> int:
        """Open from the start: more than a run answers, so that nobody waits for the machine."""
        return self.images * 9 // 10


@dataclass(frozen=True)
class Seeded:
    """What was made."""

    project: int
    #: The project that trains once somebody starts it, and who may do that.
    busy: int
    admin_token: str
    #: Of each annotator: the secret of a browser's session, and the person's number.
    sessions: list[tuple[str, int]]


def seed(scene: Scene) -> Seeded:
    """Write everything."""
    database.migrate()
    engine.prepare()
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (scene.images, 1, scene.side, scene.side), np.uint8)
    hashes = artifacts.write_images([png(each[0]) for each in pixels])
    artifacts.write_array("bench/pool.npy", pixels)
    with database.writing() as session:
        busy = _make_busy(session)
        project_id = _make_project(session, hashes, scene)
        sessions = [_add_annotator(session, project_id, each) for each in range(scene.annotators)]
        admin = accounts.create_user(session, email="bench@cusp.local", name="A", is_admin=True)
        token = accounts.create_token(session, admin.id, name="bench", days=1, by_token=False)[1]
    return Seeded(project_id, busy, token, sessions)


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Write a gray image as PNG: a hundred thousand are made in seconds."""
    height, width = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in parts)


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def _make_busy(session: Session) -> int:
    """Make the demo project so that it will train for longer than the measurement takes."""
    project = projects.locked(session, demo.create_demo(session))
    settings = ProjectSettings(features=Part(name="discriminator", options={**_LONG}))
    project.settings = settings.model_dump(mode="json")
    project.state = ProjectState.PAUSED
    return project.id


def _make_project(session: Session, hashes: Sequence[str], scene: Scene) -> int:
    """Make a running project with a long queue: on pixels, with nothing to imagine."""
    settings = ProjectSettings(
        features=Part(name="pixels"), mix=Mix(synthesized=0), overlap=scene.overlap
    )
    new = NewProject(name="Benchmark", classes=[*"0123456789"], settings=settings)
    project = projects.create_project(session, new)
    project.state = ProjectState.RUNNING
    project.channels, project.height, project.width = 1, scene.side, scene.side
    spending.put(session, project.id, BudgetPut(max_answers=scene.images * scene.overlap), by=None)
    source = Import(
        project_id=project.id,
        request={},
        pool_array="bench/pool.npy",
        pool_count=scene.images,
        done_at=now(),
    )
    first = Round(project_id=project.id, number=1, settings_version=1, seed=0)
    session.add_all([source, first])
    session.flush()
    store.add_images(session, hashes, project_id=project.id, import_id=source.id)
    store.add_queries(
        session, scene.queries, project_id=project.id, round_id=first.id, overlap=scene.overlap
    )
    return project.id


def _add_annotator(session: Session, project_id: int, number: int) -> tuple[str, int]:
    user = accounts.create_user(
        session, email=f"bench{number}@cusp.local", name=f"Bench {number}", is_admin=False
    )
    members.put(session, project_id, user.id, role=Role.ANNOTATOR, by=None, is_admin=True)
    return sign_in.open_session(session, user.id), user.id


if __name__ == "__main__":
    json.dump(asdict(seed(Scene(**json.load(sys.stdin)))), sys.stdout)
