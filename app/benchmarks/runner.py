"""Runs the measurements one after the other and writes the page.

Knows which there are; each knows alone what it does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from datetime import UTC, datetime
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


def run(plan: Plan, say: Say) -> None:
    """Measure what the plan names, or everything; only everything is written to the page."""
    chosen = plan.names or tuple(MEASUREMENTS)
    _require_known(chosen)
    config().data.mkdir(parents=True, exist_ok=True)
    limit_threads()
    found = machine.describe(config().data)
    tables = [table for name in chosen for table in _measure(name, plan, say)]
    text = report.page(found, tables, day=datetime.now(UTC).date(), command=_command(plan))
    if plan.names:
        say(text)
        return
    PAGE.write_text(text)
    say(f"Written to {PAGE.relative_to(Path.cwd()) if PAGE.is_relative_to(Path.cwd()) else PAGE}")


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
    return " ".join(["cusp bench speed", *plan.names, *data, *_load_options(plan.load)])


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
