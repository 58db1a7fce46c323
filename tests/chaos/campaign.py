"""A campaign of sudden deaths: who dies when is drawn from a seed, and what must hold afterwards.

Knows the processes and the promises; the tabs' side is in `tab`.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app import artifacts, database
from app.benchmarks import store
from app.benchmarks.seeding import png
from app.tables import Budget, Import, Label, Project, Round, now
from app.words import Answer, Role
from tests.chaos import tab
from tests.chaos.postgres import Postgres
from tests.chaos.tab import Asked, Journal
from tests.deployment import Deployment, eventually
from tests.factories import Factory

TABS, OVERLAP, IMAGES = 4, 2, 4000
#: A new project now and then, so that no round has to learn from thousands of answers.
ROUNDS_PER_PROJECT = 20
_ARRAY = "chaos/pool.npy"
_PAUSE_SECONDS = 0.1


@dataclass(frozen=True)
class Blow:
    """One death: whose, and how many seconds after the one before."""

    victim: str
    after: float


def blows(seed: int, number: int, *, with_postgres: bool) -> list[Blow]:
    """Draw the deaths of a round; the same seed and number draw the same."""
    rng = random.Random(f"{seed}:{number}")
    victims = ["web", "web", "worker", "worker", "tab", *(["postgres"] * 2 * with_postgres)]
    count = rng.choice((1, 1, 2, 3))
    return [Blow(rng.choice(victims), rng.uniform(0, 1.5)) for _ in range(count)]


@dataclass
class Ground:
    """A project with its people, on a deployment that is killed again and again."""

    deployment: Deployment
    make: Factory
    postgres: Postgres | None
    #: Changes the tabs' choices.
    seed: int
    project_id: int = 0
    tabs: dict[str, Asked] = field(default_factory=dict)

    def begin(self) -> None:
        """Set up a project of its own for the next rounds, and open the tabs."""
        for name in self.tabs:
            self.deployment.kill(name)
        self.tabs.clear()
        project = self._project()
        self.project_id = project.id
        for number in range(TABS):
            token = self.make.token(self.make.member(project, Role.ANNOTATOR))
            name = f"tab{number}"
            self.tabs[name] = Asked(
                port=self.deployment.port,
                token=token,
                project_id=project.id,
                journal=str(self.deployment.data / f"{name}-of-{project.id}.jsonl"),
                seed=self.seed + number,
                pause=_PAUSE_SECONDS,
            )
            self._open(name)

    def _project(self) -> Project:
        settings = {
            "features": {"name": "pixels"},
            "mix": {"synthesized": 0},
            "overlap": OVERLAP,
            "batch_size": 10,
        }
        project = self.make.project(settings=settings, channels=1, height=8, width=8)
        hashes = _images()
        source = Import(
            project_id=project.id,
            request={},
            pool_array=_ARRAY,
            pool_count=IMAGES,
            done_at=now(),
        )
        session = self.make.session
        session.add(source)
        session.flush()
        store.add_images(session, hashes, project_id=project.id, import_id=source.id)
        session.commit()
        return project

    def _open(self, name: str) -> None:
        asked = json.dumps(asdict(self.tabs[name]))
        self.deployment.start(name, "-m", "tests.chaos.tab", asked)

    # ---- deaths ----

    def strike(self, blow: Blow, rng: random.Random) -> None:
        """Let somebody die, and start them again at once."""
        time.sleep(blow.after)
        match blow.victim:
            case "web":
                self.deployment.kill("serve")
                self.deployment.start("serve")
            case "worker":
                self.deployment.kill("worker")
                self.deployment.start("worker")
            case "tab":
                name = rng.choice(sorted(self.tabs))
                self.deployment.kill(name)
                self._open(name)
            case "postgres" if self.postgres:
                self.postgres.kill()
                self.postgres.start()

    def keep_running(self) -> None:
        """Start what gave up because the database was gone, as `cusp run` does."""
        for name in ("serve", "worker"):
            if self.deployment.processes[name].poll() is not None:
                self.deployment.start(name)
        for name in self.tabs:
            assert self.deployment.processes[name].poll() is None, self.deployment.log(name)

    # ---- what must hold ----

    def await_progress(self) -> None:
        """Wait until there are answers and a round that there were not before."""
        before = self._counted()

        def both() -> bool:
            self.keep_running()
            found = self._counted()
            return found[0] > before[0] and found[1] > before[1]

        eventually(both, what=f"the loop going on after {before}")

    def _counted(self) -> tuple[int, int]:
        """Return how many answers and rounds there are, as soon as the database can tell."""
        for _ in range(100):
            try:
                with database.reading() as session:
                    return _count(session, Label, self.project_id), _count(
                        session, Round, self.project_id
                    )
            except OperationalError:
                time.sleep(0.2)
        raise AssertionError("the database did not come back")

    def check(self) -> int:
        """Hold every promise against what the tabs were told; return how many answers were."""
        # First what the tabs were told, then what there is: acknowledged is stored before.
        journals = [tab.read(Path(each.journal)) for each in self.tabs.values()]
        with database.reading() as session:
            truth = store.truth(session, self.project_id)
            assert (truth.doubled, truth.over, truth.miscounted) == (0, 0, 0), truth
            _the_budget_is_what_was_answered(session, self.project_id)
            stored = _stored(session, self.project_id)
        return sum(_holds(each, stored) for each in journals)


def _images() -> list[str]:
    """Write the pool once; all projects share it."""
    pixels = np.random.default_rng(0).integers(0, 256, (IMAGES, 1, 8, 8), np.uint8)
    if not artifacts.exists(_ARRAY):
        artifacts.write_array(_ARRAY, pixels)
    return artifacts.write_images([png(each[0]) for each in pixels])


def _count(session: Session, table: type[Label | Round], project_id: int) -> int:
    statement = select(func.count()).select_from(table).where(table.project_id == project_id)
    return session.scalar(statement) or 0


def _stored(session: Session, project_id: int) -> dict[str, tuple[int, str, int | None]]:
    rows = session.execute(
        select(Label.id, Label.query_id, Label.answer, Label.class_id).where(
            Label.project_id == project_id, Label.undone_at.is_(None)
        )
    )
    return {label_id: (query_id, answer, number) for label_id, query_id, answer, number in rows}


def _holds(journal: Journal, stored: dict[str, tuple[int, str, int | None]]) -> int:
    """Compare one tab's memory with the database; return how many answers were acknowledged."""
    acknowledged = 0
    for label_id, verdicts in journal.verdicts.items():
        answer = journal.answers[label_id]
        kinds = {each.split()[0] for each in verdicts}
        assert kinds in ({"stored"}, {"repeated"}, {"stored", "repeated"}, {"closed"}), (
            answer,
            verdicts,
        )
        if kinds == {"closed"}:
            assert label_id not in stored, answer
            continue
        acknowledged += 1
        given = (answer["query_id"], answer["answer"], answer.get("class"))
        assert stored.get(label_id) == given, (answer, verdicts, stored.get(label_id))
        assert verdicts.count("stored") <= 1, (answer, verdicts)
    return acknowledged


def _the_budget_is_what_was_answered(session: Session, project_id: int) -> None:
    counted = (
        select(func.count())
        .select_from(Label)
        .where(
            Label.project_id == project_id,
            Label.undone_at.is_(None),
            Label.answer != Answer.SKIP,
        )
        .scalar_subquery()
    )
    statement = select(Budget.answers_spent, counted).where(Budget.project_id == project_id)
    spent, answers = session.execute(statement).one()
    assert spent == answers


def rounds_of(ground: Ground, seed: int, count: int) -> Iterator[str]:
    """Run the rounds; after each, say in a line what happened."""
    for number in range(count):
        if number % ROUNDS_PER_PROJECT == 0:
            ground.begin()
            ground.await_progress()
        began = time.monotonic()
        drawn = blows(seed, number, with_postgres=ground.postgres is not None)
        rng = random.Random(f"{seed}:{number}:tab")
        for blow in drawn:
            ground.strike(blow, rng)
        ground.await_progress()
        answers = ground.check()
        deaths = ", ".join(f"{each.victim} after {each.after:.2f} s" for each in drawn)
        took = time.monotonic() - began
        yield f"round {number}: {deaths}; {answers} answers hold; {took:.1f} s"


def say(line: str) -> None:
    """Write a line that pytest shows with -s and keeps for failures."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
