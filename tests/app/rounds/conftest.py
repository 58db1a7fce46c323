"""A project with real digits, and a machine side that runs in the test itself."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from filelock import FileLock
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import artifacts, database, engine
from app.bodies import body_of
from app.config import Config
from app.config import config as read_config
from app.interchange import demo
from app.rounds import materials, stages
from app.rounds.reconcile import reconcile
from app.tables import Budget, Image, Project, ProjectClass, Query, Round, Stage, now
from app.words import Origin, Outcome, QueryState, StageKind, StageState
from models.interfaces import Images


@dataclass
class Classroom:
    """A project, and hands to turn its loop with."""

    session: Session
    project: Project

    def turn(self, *kinds: StageKind) -> list[Stage]:
        """Queue what is due and run it here, leaving out kinds that were not asked for."""
        reconcile(self.project.id)
        self.session.rollback()
        ran = []
        for stage in self.session.scalars(select(Stage).where(Stage.state == StageState.QUEUED)):
            if not kinds or stage.kind in kinds:
                ran.append(stage.id)
        self.session.rollback()
        for stage_id in ran:
            stages.run(stage_id, worker_id="here", body_of=body_of)
        return [self.session.get_one(Stage, each, populate_existing=True) for each in ran]

    def open_queries(self) -> list[Query]:
        """Queries that wait for people."""
        return list(self.session.scalars(select(Query).where(Query.state == QueryState.OPEN)))

    def settle(self, query: Query, outcome: Outcome = Outcome.CLASS) -> None:
        """Settle a query on the truth of a real image, the first class of an imagined one."""
        query.accepted = query.overlap
        query.state, query.outcome, query.settled_at = QueryState.SETTLED, outcome, now()
        if outcome is Outcome.CLASS:
            query.outcome_class_id = self.truth(query)
        self.session.get_one(Budget, self.project.id).answers_spent += 1
        self.session.commit()

    def answer_all(self) -> None:
        """Settle everything that is open."""
        for query in self.open_queries():
            self.settle(query)

    def truth(self, query: Query) -> int:
        """The class whose holdout images look most like a query's image."""
        image = self.session.get_one(Image, query.image_id)
        pixels = materials.synthesized_image(image.sha256).astype(float).ravel()
        shelf = materials.holdout_shelf(self.session, self.project.id)
        known: Images = np.asarray(materials.images(shelf))
        nearest = np.square(known.reshape(len(known), -1) - pixels).sum(axis=1).argmin()
        found = self.session.scalars(
            select(Image.class_id).where(
                Image.project_id == self.project.id,
                Image.origin == Origin.HOLDOUT,
                Image.row == int(nearest),
            )
        ).one()
        assert found is not None
        return found

    def rounds(self) -> list[Round]:
        """All rounds, oldest first."""
        self.session.rollback()
        return list(self.session.scalars(select(Round).order_by(Round.number)))

    def classes(self) -> list[int]:
        """The project's classes."""
        return list(self.session.scalars(select(ProjectClass.id).order_by(ProjectClass.position)))


@pytest.fixture(scope="session")
def imported_data(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Path:
    """A data folder with the digits brought in, nothing trained, nothing posed."""

    def bring_in(folder: Path) -> None:
        shutil.copyfile(migrated_file, folder / "cusp.sqlite")
        with _living_in(folder) as session:
            engine.prepare()
            project = session.get_one(Project, demo.create_demo(session))
            session.commit()
            Classroom(session, project).turn(StageKind.IMPORT_POOL)

    return _made_once(tmp_path_factory, "imported", bring_in)


@pytest.fixture(scope="session")
def trained_data(tmp_path_factory: pytest.TempPathFactory, imported_data: Path) -> Path:
    """The same with features, a generator, a first learner and the queries it posed."""

    def train(folder: Path) -> None:
        _copy(imported_data, folder)
        with _living_in(folder) as session:
            room = Classroom(session, session.scalars(select(Project)).one())
            room.turn(StageKind.LEARN_FEATURES)
            room.turn(StageKind.TRAIN_GENERATOR)
            room.turn(StageKind.FIT_AND_POSE)
            room.answer_all()
            room.turn(StageKind.FIT_AND_POSE)

    return _made_once(tmp_path_factory, "trained", train)


def _made_once(paths: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Make a folder that all test processes and packages of this run share."""
    of_this_run = paths.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        of_this_run = of_this_run.parent
    folder = of_this_run / name
    with FileLock(of_this_run / f"{name}.lock"):
        if not folder.exists():
            unfinished = paths.mktemp(name)
            make(unfinished)
            unfinished.rename(folder)
    return folder


@pytest.fixture
def classroom(config: Config, imported_data: Path) -> Iterator[Classroom]:
    """A classroom of one's own before anything is trained."""
    with _classroom(imported_data, config) as room:
        yield room


@pytest.fixture
def trained(config: Config, trained_data: Path) -> Iterator[Classroom]:
    """A classroom of one's own with features, a generator and a first learner."""
    with _classroom(trained_data, config) as room:
        yield room


@contextmanager
def _classroom(source: Path, config: Config) -> Iterator[Classroom]:
    _copy(source, config.data)
    with _living_in(config.data) as session:
        yield Classroom(session, session.scalars(select(Project)).one())


def _copy(source: Path, target: Path) -> None:
    """Copy databases; link everything else, which is only ever replaced, never changed."""
    shutil.copytree(
        source,
        target,
        copy_function=os.link,
        dirs_exist_ok=True,
        ignore=shutil.ignore_patterns("*.sqlite*", "run.lock"),
    )
    for file in source.glob("*.sqlite"):
        shutil.copyfile(file, target / file.name)


@contextmanager
def _living_in(folder: Path) -> Iterator[Session]:
    """Make a folder this process's deployment for a while, on one thread."""
    threads = torch.get_num_threads()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CUSP_DATA", str(folder))
        patch.setenv("CUSP_DATABASE_URL", "")
        _forget()
        torch.set_num_threads(1)
        with Session(database.engine(), expire_on_commit=False) as session:
            yield session
        for name in ("cusp", "engine"):
            with contextlib.closing(sqlite3.connect(folder / f"{name}.sqlite")) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        torch.set_num_threads(threads)
    _forget()


def _forget() -> None:
    database.forget()
    artifacts.forget()
    engine.forget()
    materials.forget()
    read_config.cache_clear()
