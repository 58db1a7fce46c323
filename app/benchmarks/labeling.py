"""How many answers a server takes, from few people and many, who think or do not.

Knows how to start everything and to read the clocks; the requests are made in `load`, and what
comes of it is laid out in `labeling_tables`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass

import httpx
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app import database
from app.benchmarks import labeling_tables, store, usage
from app.benchmarks.ceiling_process import Ceiling
from app.benchmarks.labeling_tables import Cost, Level, Minute, Result, Run
from app.benchmarks.load import Measured, Task
from app.benchmarks.plan import LoadPlan, Plan, Say
from app.benchmarks.report import Table
from app.benchmarks.seeding import Scene, Seeded
from app.benchmarks.server import MeasurementFailed, Server, fresh
from app.benchmarks.store import Truth
from app.benchmarks.usage import Process

#: Seconds between two key presses of somebody who thinks.
THINK = (1.0, 3.0)
#: Who is measured without training beside it, and who else with pauses.
QUIET, ROOM = 32, 50
_CEILING_SECONDS = 2.0
_MEMORY_EVERY_SECONDS = 60.0


@dataclass
class Bench:
    """A running server with its project, and the clocks of everybody who works for it."""

    server: Server
    seeded: Seeded
    engine: Engine

    def used(self) -> Cost:
        """Processor seconds so far."""
        web, worker = self.process("serve"), self.process("worker")
        url = self.engine.url
        postgres = usage.postmaster(str(url.database)) if self.server.database_url else None
        return Cost(
            web.cpu_seconds,
            worker.cpu_seconds,
            postgres.family_seconds if postgres else 0.0,
        )

    def process(self, command: str) -> Process:
        """Find a process that must be there."""
        found = self.server.find(command)
        if found is None:
            raise MeasurementFailed(f"No process runs `cusp {command}`.")
        return found

    @property
    def memory(self) -> int:
        """What the web process holds now."""
        return self.process("serve").memory or 0

    @property
    def trains(self) -> bool:
        """Whether a worker trains."""
        with Session(self.engine) as session:
            return store.trains(session, self.seeded.busy)

    def train(self) -> None:
        """Start the project that trains, and wait until it does: earlier load may still weigh."""
        path = f"{self.server.url}/api/v1/projects/{self.seeded.busy}/start"
        headers = {"Authorization": f"Bearer {self.seeded.admin_token}"}
        httpx.post(path, headers=headers, timeout=120).raise_for_status()
        self.server.eventually(lambda: self.trains or None, "begin to train")

    @property
    def settled_down(self) -> bool:
        """Whether the worker is through with what the project itself needs."""
        with Session(self.engine) as session:
            return store.settled_down(session, self.seeded.project)

    @property
    def truth(self) -> Truth:
        """What the database says of the project now."""
        with Session(self.engine) as session:
            return store.truth(session, self.seeded.project)


def measure(plan: Plan, say: Say) -> list[Table]:
    """Label at each level, on one server, and look in the end whether all is as it was said."""
    levels = levels_of(plan.load)
    people = max(ROOM if plan.load.minutes else 0, *(level.annotators for level in levels))
    with started(plan.load, people, say) as bench:
        memory = [bench.memory]
        results = []
        for level in levels:
            if level.training and not bench.trains:
                bench.train()
            results.append(_result(bench, level, say))
            memory.append(bench.memory)
        long = _long_run(bench, plan.load, say) if plan.load.minutes else []
        run = Run(results, memory, long, bench.truth, bench.server.output)
        return labeling_tables.tables(run, plan.load, _memories(bench))


def levels_of(load: LoadPlan) -> list[Level]:
    """List what is measured: first without training, then with it, then people who think."""
    most_quiet = max([each for each in load.annotators if each <= QUIET], default=0)
    closed = [Level(each, None, load.seconds, training=True) for each in load.annotators]
    quiet = [Level(most_quiet, None, load.seconds, training=False)] if most_quiet else []
    room = {ROOM} if len(load.annotators) > 1 else set()
    thinking = [
        Level(each, THINK, 2 * load.seconds, training=True)
        for each in sorted({*load.annotators} | room)
    ]
    return [*quiet, *closed, *thinking]


@contextmanager
def started(load: LoadPlan, people: int, say: Say) -> Iterator[Bench]:
    """Seed a database of one's own with so many people, start a server on it, and end both."""
    with ExitStack() as stack:
        url = load.database_url and stack.enter_context(store.own_database(load.database_url))
        server = stack.enter_context(fresh(url))
        say(f"making a project with {load.images:,} images")
        scene = Scene(annotators=people, images=load.images, side=load.side)
        given = json.loads(server.call("app.benchmarks.seeding", json.dumps(asdict(scene))))
        server.start()
        server.ready()
        engine = database.connect(server.database)
        stack.callback(engine.dispose)
        bench = Bench(server, Seeded(**given), engine)
        server.eventually(lambda: bench.settled_down or None, "look through the pool")
        yield bench


def _task(bench: Bench, level: Level, *, most: int) -> Task:
    sessions = tuple((secret, user_id) for secret, user_id in bench.seeded.sessions)
    return Task(
        port=bench.server.port,
        sessions=sessions[: level.annotators],
        project=bench.seeded.project,
        seconds=level.seconds,
        most=most,
        think=level.think,
        seed=level.annotators,
    )


def _result(bench: Bench, level: Level, say: Say) -> Result:
    """Measure one level, and right after it what the annotators reach where nothing is done."""
    task = _task(bench, level, most=10**9)
    before, began = bench.used(), bench.trains
    measured = _run(bench.server, task)
    cost, still = bench.used() - before, bench.trains
    ceiling = None
    if level.think is None:
        with Ceiling(bench.server, measured) as port:
            idle = Task(**{**asdict(task), "port": port, "seconds": _CEILING_SECONDS})
            ceiling = _run(bench.server, idle)
    result = Result(level, measured, ceiling, cost, training=began and still)
    say(labeling_tables.line(result))
    return result


def _run(server: Server, task: Task) -> Measured:
    return Measured(**json.loads(server.call("app.benchmarks.load", json.dumps(asdict(task)))))


def _long_run(bench: Bench, load: LoadPlan, say: Say) -> list[Minute]:
    """Label for minutes and return how things stood after each of them."""
    found, answers, began = [Minute(0.0, 0, bench.memory, bench.trains)], 0, time.monotonic()
    while (elapsed := time.monotonic() - began) < load.minutes * 60:
        seconds = min(_MEMORY_EVERY_SECONDS, load.minutes * 60 - elapsed)
        level = Level(ROOM, THINK, max(seconds, 1.0), training=True)
        measured = _run(bench.server, _task(bench, level, most=10**9))
        answers += measured.verdicts.get("stored", 0)
        now = Minute(time.monotonic() - began, answers, bench.memory, bench.trains)
        say(f"minute {now.seconds / 60:.0f}: {answers} answers, {now.memory >> 20} MiB")
        found.append(now)
    return found


def _memories(bench: Bench) -> dict[str, int | None]:
    """Return the most memory that each process held at once."""
    names = {"serve": "Web", "worker": "Worker", "stage": "Training, a process of the worker"}
    found = {title: bench.server.find(command) for command, title in names.items()}
    return {title: process.peak_memory if process else None for title, process in found.items()}
