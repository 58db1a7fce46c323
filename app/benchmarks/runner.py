"""Runs the measurements one after the other and writes the page.

Knows which there are; each knows alone what it does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path

from app.benchmarks import (
    deaths,
    first_image,
    fitting,
    labeling,
    machine,
    painting,
    posing,
    report,
    scoring,
    steps,
    training,
    waiting,
)
from app.benchmarks.plan import LoadPlan, Plan, Say
from app.benchmarks.report import Table
from app.config import config
from app.errors import BadRequest
from app.rounds.devices import limit_threads

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"

MEASUREMENTS: dict[str, Callable[[Plan, Say], Table | list[Table]]] = {
    "first-image": first_image.measure,
    "labeling": labeling.measure,
    "painting": painting.measure,
    "waiting": waiting.measure,
    "deaths": deaths.measure,
    "training": training.measure,
    "steps": steps.measure,
    "fitting": fitting.measure,
    "posing": posing.measure,
    "scoring": scoring.measure,
}


class UnknownMeasurement(BadRequest):
    """There is no such measurement."""


class NotRenewed(BadRequest):
    """The page cannot take new figures of a part of it."""


def run(plan: Plan, say: Say) -> None:
    """Measure what the plan names, or everything, and write it to the page.

    What is named is only printed, unless the plan says that it takes its place on the page.
    """
    chosen = plan.names or tuple(MEASUREMENTS)
    _require_known(chosen)
    config().data.mkdir(parents=True, exist_ok=True)
    limit_threads()
    found, renew = machine.describe(config().data), plan.renew and bool(plan.names)
    if renew:
        _require_same(found)
    tables = [table for name in chosen for table in _measure(name, plan, say)]
    today, command = datetime.now(UTC).date(), _command(plan)
    if renew:
        _write(_renewed(tables, today, command), say)
    elif plan.names:
        say(report.page(found, tables, day=today, command=command))
    else:
        _write(report.page(found, tables, day=today, command=command), say)


def _write(text: str, say: Say) -> None:
    PAGE.write_text(text)
    say(f"Written to {PAGE.relative_to(Path.cwd()) if PAGE.is_relative_to(Path.cwd()) else PAGE}")


def _require_same(found: Table) -> None:
    """Hold the rule that a page is of one machine."""
    told = PAGE.read_text() if PAGE.exists() else ""
    others = [
        what
        for what, value in found.rows
        if what not in machine.PASSING and f"| {what} | {value} |" not in told
    ]
    if others:
        raise NotRenewed(
            f"The page is of another machine, or there is none: it tells of another "
            f"{', '.join(others)}. Measure everything with `cusp bench speed`."
        )


def _renewed(tables: Sequence[Table], today: date, command: str) -> str:
    try:
        return report.renewed(PAGE.read_text(), tables, day=today, command=command)
    except report.NoSuchSection as missing:
        raise NotRenewed(
            f"The page has no section {missing.args[0]!r} to renew. Measure everything with "
            "`cusp bench speed`."
        ) from missing


def _require_known(names: Sequence[str]) -> None:
    for name in names:
        if name not in MEASUREMENTS:
            known = ", ".join(MEASUREMENTS)
            raise UnknownMeasurement(f"There is no measurement {name!r}. Choose of: {known}.")


def _measure(name: str, plan: Plan, say: Say) -> list[Table]:
    say(f"{name} …")
    began = time.monotonic()
    found = MEASUREMENTS[name](plan, say)
    say(f"{name}: done in {time.monotonic() - began:.0f} s")
    return [found] if isinstance(found, Table) else found


def _command(plan: Plan) -> str:
    """Return the command that repeats a run, without where this machine keeps things."""
    data = [f"--data {Path(plan.data).name}"] if plan.data else []
    renew = ["--renew"] if plan.renew else []
    return " ".join(["cusp bench speed", *plan.names, *data, *renew, *_load_options(plan.load)])


def _load_options(load: LoadPlan) -> Iterator[str]:
    """Spell out what is measured otherwise than usual."""
    for each in fields(load):
        value, name = getattr(load, each.name), each.name.replace("_", "-")
        if value == each.default:
            continue
        if each.name == "database_url":
            yield f"--{name} URL"
        else:
            for one in value if isinstance(value, tuple) else (value,):
                yield f"--{name} {one:g}"
