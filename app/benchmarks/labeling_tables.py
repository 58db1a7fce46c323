"""The tables of the labeling measurement. Pure values in, tables out."""

from __future__ import annotations

from dataclasses import dataclass, fields

from app.benchmarks.load import Measured
from app.benchmarks.plan import LoadPlan
from app.benchmarks.report import Table, mebibytes, quantiles
from app.benchmarks.store import Truth

_NONE = "–"
#: A long run has about so many rows, whatever its length.
_LONG_ROWS = 10


@dataclass(frozen=True)
class Level:
    """So many people for so long; with think time or as fast as the server lets them."""

    annotators: int
    think: tuple[float, float] | None
    seconds: float
    #: Whether a worker should train meanwhile.
    training: bool


@dataclass(frozen=True)
class Cost:
    """Processor seconds of the server's processes; the worker's without those it started."""

    web: float
    worker: float
    postgres: float = 0.0

    def __sub__(self, before: Cost) -> Cost:
        """Return what was used since."""
        names = [each.name for each in fields(self)]
        return Cost(**{name: getattr(self, name) - getattr(before, name) for name in names})


@dataclass(frozen=True)
class Result:
    """What a level measured."""

    level: Level
    measured: Measured
    #: The same people at a server that does nothing.
    ceiling: Measured | None
    cost: Cost
    #: Whether a worker trained at the beginning and at the end.
    training: bool

    @property
    def labels(self) -> int:
        """Answers stored."""
        return self.measured.verdicts.get("stored", 0)

    @property
    def failures(self) -> int:
        """Requests that failed, key presses that came to nothing, answers that were not taken."""
        measured = self.measured
        not_taken = sum(measured.verdicts.values()) - self.labels
        return sum(measured.errors.values()) + measured.unserved + not_taken

    @property
    def rate(self) -> float:
        """Answers stored in a second."""
        return self.labels / max(self.measured.seconds, 1e-9)


@dataclass(frozen=True)
class Minute:
    """How things stood so many seconds into a long run."""

    seconds: float
    #: Stored since it began.
    answers: int
    #: What the web process holds, in bytes.
    memory: int
    training: bool


@dataclass(frozen=True)
class Run:
    """All levels, and how the server stood in the end."""

    results: list[Result]
    #: The web process's memory before the first level and after each.
    memory: list[int]
    #: Of a long run, now and then.
    long: list[Minute]
    truth: Truth
    #: What the server printed.
    log: str


def line(result: Result) -> str:
    """Sum a level up while it is measured."""
    level, measured = result.level, result.measured
    pace = "thinking" if level.think else "without a pause"
    web = result.cost.web / max(result.labels, 1) * 1000
    return (
        f"{level.annotators} annotators {pace}, training: {result.training}:"
        f" {result.rate:.0f} labels/s, label {quantiles(measured.durations.get('label', []))} ms,"
        f" claim {quantiles(measured.durations.get('claim', []))},"
        f" image {quantiles(measured.durations.get('image', []))},"
        f" web {web:.2f} ms/label, failures {result.failures} {measured.errors or ''}"
    )


def tables(run: Run, load: LoadPlan, peaks: dict[str, int | None]) -> list[Table]:
    """Lay everything out."""
    closed = [each for each in run.results if each.level.think is None]
    thinking = [each for each in run.results if each.level.think is not None]
    found = [
        _speed("Labeling without a pause", closed, _closed_note(load)),
        _speed("Labeling with time to think", thinking, _THINKING_NOTE),
        _costs(run.results),
        _ceilings([each for each in closed if each.ceiling]),
        _promises(run),
        _memory(run, peaks),
    ]
    return [*found, _long(run)] if run.long else found


def _closed_note(load: LoadPlan) -> str:
    where = "Postgres" if load.database_url else "SQLite"
    return (
        f"One web process and one worker on {where}; {load.images:,} images of {load.side} by"
        f" {load.side} pixels, nine of ten asked about. The annotators take no time to think, hold"
        " ten queries as the page does, load each image that did not come along with its claim,"
        " as small ones do, and send one answer at a time. Times are those that half, 95 and 99 of"
        " 100 requests did not exceed, in milliseconds."
    )


_THINKING_NOTE = (
    "The same, but each annotator presses a key every one to three seconds, at moments drawn in"
    " advance. An answer's time runs from the moment of the key press, also where it had to wait"
    " for an earlier answer or for an image."
)


def _speed(title: str, results: list[Result], note: str) -> Table:
    columns = ("Annotators", "Labels/s", "Label", "Claim", "Image", "Errors", "No image", "Trains")
    rows = tuple(
        (
            str(each.level.annotators),
            f"{each.rate:.0f}",
            *(quantiles(each.measured.durations.get(name, [])) for name in _PURPOSES),
            str(each.failures),
            f"{each.measured.idle_seconds / _person_seconds(each):.1%}",
            "yes" if each.training else "no",
        )
        for each in results
    )
    told = (
        f"{note} *No image* is the share of people's time without an image to look at; *trains*,"
        " whether the worker trained meanwhile."
    )
    return Table(title, columns, rows, told)


_PURPOSES = ("label", "claim", "image")


def _person_seconds(result: Result) -> float:
    return max(result.measured.seconds * result.level.annotators, 1e-9)


def _costs(results: list[Result]) -> Table:
    columns = ("Annotators", "Pause", "Web", "Worker", "Postgres", "Annotators' own", "Web busy")
    return Table(
        "What a label costs the server",
        columns,
        tuple(_cost(each) for each in results),
        "Processor time per label, its share of claims and images included; the worker's without"
        " training, which is a process of its own.",
    )


def _cost(result: Result) -> tuple[str, ...]:
    level, cost, labels = result.level, result.cost, max(result.labels, 1)
    return (
        str(level.annotators),
        "1-3 s" if level.think else "none",
        f"{cost.web / labels * 1000:.2f} ms",
        f"{cost.worker / labels * 1000:.2f} ms",
        f"{cost.postgres / labels * 1000:.2f} ms" if cost.postgres else _NONE,
        f"{result.measured.cpu_seconds / labels * 1000:.2f} ms",
        f"{cost.web / level.seconds:.0%}",
    )


def _ceilings(results: list[Result]) -> Table:
    return Table(
        "What the annotators could measure at most",
        ("Annotators", "Trains", "Labels/s", "Label", "Annotators' own CPU per label"),
        tuple(_ceiling(each, each.ceiling) for each in results if each.ceiling),
        "The same annotators right after, at a server that answers with bytes of the same length"
        " and does nothing: what is above this cannot be told from the annotators themselves.",
    )


def _ceiling(result: Result, ceiling: Measured) -> tuple[str, ...]:
    labels = max(ceiling.verdicts.get("stored", 0), 1)
    return (
        str(result.level.annotators),
        "yes" if result.training else "no",
        f"{labels / ceiling.seconds:,.0f}",
        quantiles(ceiling.durations.get("label", [])),
        f"{ceiling.cpu_seconds / labels * 1000:.2f} ms",
    )


def _promises(run: Run) -> Table:
    said = sum(each.labels for each in run.results) + (run.long[-1].answers if run.long else 0)
    rows = (
        ("Answers acknowledged", f"{said:,}"),
        ("Answers in the database", f"{run.truth.labels:,}"),
        ("Queries answered twice by one person", str(run.truth.doubled)),
        ("Queries with more answers than they need", str(run.truth.over)),
        ("Queries that count their answers wrongly", str(run.truth.miscounted)),
        ("Times that the log says `database is locked`", str(run.log.count("database is locked"))),
    )
    return Table("What the database says afterwards", ("What", "Count"), rows)


def _memory(run: Run, peaks: dict[str, int | None]) -> Table:
    halfway = run.memory[len(run.memory) // 2]
    now = {
        "Web, at the beginning": run.memory[0],
        "Web, halfway": halfway,
        "Web, at the end": run.memory[-1],
    }
    most = {f"{name}, most at once": peak for name, peak in peaks.items()}
    rows = tuple((name, mebibytes(count)) for name, count in {**now, **most}.items())
    return Table("Memory", ("Process", "Resident"), rows, "Training is that of the digits.")


def _long(run: Run) -> Table:
    step = max(1, len(run.long) // _LONG_ROWS)
    rows = tuple(
        (
            f"{each.seconds / 60:.0f}",
            f"{each.answers:,}",
            mebibytes(each.memory),
            "yes" if each.training else "no",
        )
        for each in run.long[::-step][::-1]
    )
    note = (
        "Fifty annotators with time to think, after all of the above; *trains*, whether the same "
        "training still ran."
    )
    columns = ("Minute", "Answers", "Resident", "Trains")
    return Table("The web process over a long time", columns, rows, note)
