"""How many answers a server takes: 1, 8 and 32 annotators without a pause, while a worker trains.

Knows how to start everything and to read the clocks; the requests are made in `load`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from app.benchmarks.load import Measured, Task
from app.benchmarks.plan import Plan, Say
from app.benchmarks.report import Table, mebibytes, quantiles
from app.benchmarks.seeding import POOL, QUERIES
from app.benchmarks.server import MeasurementFailed, Server, fresh
from app.benchmarks.usage import Process

ANNOTATORS = (1, 8, 32)
_SECONDS, _MOST_LABELS = 12.0, 1800
_KNOCK_SECONDS, _MOST_KNOCKS = 3.0, 10_000


@dataclass(frozen=True)
class Level:
    """What so many annotators measured, and what the server used meanwhile."""

    annotators: int
    labeling: Measured
    knocking: Measured
    web_seconds: float
    knock_web_seconds: float
    #: Whether a worker trained at the beginning and at the end.
    training: bool

    @property
    def labels(self) -> int:
        """Answers stored."""
        return self.labeling.verdicts.get("stored", 0)


def measure(_plan: Plan, say: Say) -> list[Table]:
    """Label at each number of annotators, on one server."""
    with fresh() as server:
        say("making a project with a long queue")
        seeded = json.loads(server.call("app.benchmarks.seeding", str(max(ANNOTATORS))))
        server.start()
        server.ready()
        server.eventually(lambda: server.find("stage"), "begin to train")
        levels = [_level(server, seeded, count, say) for count in ANNOTATORS]
        return [_answers(levels), _costs(levels), _memory(server)]


def _level(server: Server, seeded: dict[str, object], count: int, say: Say) -> Level:
    web, tokens = _process(server, "serve"), seeded["tokens"]
    if not isinstance(tokens, list):
        raise MeasurementFailed
    task = Task(
        port=server.port,
        tokens=tuple(tokens[:count]),
        project=int(str(seeded["project"])),
        seconds=_SECONDS,
        most=_MOST_LABELS,
    )
    knocks = Task(server.port, task.tokens, None, seconds=_KNOCK_SECONDS, most=_MOST_KNOCKS)
    training = server.find("stage") is not None
    before = web.cpu_seconds
    labeling = _run(server, task)
    between = web.cpu_seconds
    knocking = _run(server, knocks)
    level = Level(
        annotators=count,
        labeling=labeling,
        knocking=knocking,
        web_seconds=between - before,
        knock_web_seconds=web.cpu_seconds - between,
        training=training and server.find("stage") is not None,
    )
    say(f"{count} annotators: {level.labels} labels in {labeling.seconds:.1f} s")
    return level


def _run(server: Server, task: Task) -> Measured:
    return Measured(**json.loads(server.call("app.benchmarks.load", json.dumps(asdict(task)))))


def _process(server: Server, command: str) -> Process:
    found = server.find(command)
    if found is None:
        raise MeasurementFailed(f"No process runs `cusp {command}`.")
    return found


def _answers(levels: list[Level]) -> Table:
    rows = tuple(
        (
            str(level.annotators),
            f"{level.labels / level.labeling.seconds:.0f}",
            quantiles(level.labeling.durations.get("label", [])),
            quantiles(level.labeling.durations.get("claim", [])),
            quantiles(level.labeling.durations.get("image", [])),
            "yes" if level.training else "no",
        )
        for level in levels
    )
    return Table(
        "Labeling",
        ("Annotators", "Labels/s", "Label", "Claim", "Image", "Training meanwhile"),
        rows,
        f"One web process and one worker; {POOL:,} images, {QUERIES:,} open queries at first."
        " The annotators take no time to think, hold ten queries as the page does, load each image,"
        " and send one answer at a time. Times are those that half, 95 and 99 of 100 requests did"
        " not exceed, in milliseconds.",
    )


def _costs(levels: list[Level]) -> Table:
    return Table(
        "What a label costs the server",
        (
            "Annotators",
            "Web CPU per label",
            "Web process busy",
            "Annotators' CPU per label",
            "Knocks/s",
            "Knock",
            "Web CPU per knock",
        ),
        tuple(_cost(level) for level in levels),
        "A label includes its share of claims and images. A knock is `GET /healthz` from the same"
        " annotators in the same run: the most that they and the server's HTTP layer can do.",
    )


def _cost(level: Level) -> tuple[str, ...]:
    knocks = level.knocking.durations.get("knock", [])
    labels, count = max(level.labels, 1), max(len(knocks), 1)
    return (
        str(level.annotators),
        f"{level.web_seconds / labels * 1000:.1f} ms",
        f"{level.web_seconds / level.labeling.seconds:.0%}",
        f"{level.labeling.cpu_seconds / labels * 1000:.1f} ms",
        f"{len(knocks) / level.knocking.seconds:.0f}",
        quantiles(knocks),
        f"{level.knock_web_seconds / count * 1000:.2f} ms",
    )


def _memory(server: Server) -> Table:
    names = {"serve": "Web", "worker": "Worker", "stage": "Training, a process of the worker"}
    found = {title: server.find(command) for command, title in names.items()}
    return Table(
        "Memory",
        ("Process", "Most at once"),
        tuple(
            (title, mebibytes(process.peak_memory if process else None))
            for title, process in found.items()
        ),
        "Resident, after all of the above; training is that of the digits.",
    )
