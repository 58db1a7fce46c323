"""Numbers as people read them, and the tables and the page made of them. Pure values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

HEADING = """\
# Benchmarks

Written by `cusp bench speed`; do not edit. The figures hold for the machine below on the day below,
and repeat to about a tenth where nothing else runs. Everything is measured from outside, on real
processes, a SQLite file and loopback."""


@dataclass(frozen=True)
class Table:
    """The result of one measurement: what was found, and a sentence on how."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


class NoSuchSection(LookupError):
    """The page has no section of that title."""


def page(machine: Table, tables: Sequence[Table], *, day: date, command: str) -> str:
    """Lay out the whole page in Markdown."""
    repeat = f"Repeat it with:\n\n```sh\n{command}\n```"
    when = f"Measured on {day.isoformat()}."
    parts = [HEADING, repeat, when, *(_section(each) for each in (machine, *tables))]
    return "\n\n".join(parts) + "\n"


def renewed(page: str, tables: Sequence[Table], *, day: date, command: str) -> str:
    """Put tables in the place of those with their titles, each with the day and its own command.

    One that the page has no section for follows the table before it, which a measurement that has
    gained a table makes in the same run. Raises `NoSuchSection` where that is missing too.
    """
    head, *sections = page.rstrip("\n").split("\n\n## ")
    titles = [section.partition("\n")[0] for section in sections]
    place = -1
    for table in tables:
        if table.title in titles:
            place = titles.index(table.title)
        elif place < 0:
            raise NoSuchSection(table.title)
        else:
            place += 1
            titles.insert(place, table.title)
            sections.insert(place, "")
        when = f"Measured by itself on {day.isoformat()}, with `{command}`."
        noted = replace(table, note=f"{table.note} {when}".strip())
        sections[place] = _section(noted).removeprefix("## ")
    return "\n\n## ".join([head, *sections]) + "\n"


def _section(table: Table) -> str:
    parts = [f"## {table.title}", table.note, grid(table)]
    return "\n\n".join(part for part in parts if part)


def grid(table: Table) -> str:
    """Lay out a table's cells in Markdown: the first column is text, the others are figures."""
    marks = ["---"] + ["---:"] * (len(table.columns) - 1)
    return "\n".join(_line(row) for row in (table.columns, marks, *table.rows))


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def spoken(seconds: float) -> str:
    """Say a duration with as many digits as mean something."""
    if math.isnan(seconds):
        return "–"
    if seconds >= 120:
        return f"{seconds / 60:.1f} min"
    if seconds >= 1:
        return f"{seconds:.1f} s"
    milliseconds = seconds * 1000
    return f"{milliseconds:.0f} ms" if milliseconds >= 10 else f"{milliseconds:.1f} ms"


def mebibytes(count: int | None) -> str:
    """Say an amount of memory."""
    return "–" if count is None else f"{count / 1024**2:,.0f} MiB"


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share of the values does not exceed."""
    if not values:
        return math.nan
    place = math.ceil(share * len(values)) - 1
    return sorted(values)[max(place, 0)]


def quantiles(values: Sequence[float]) -> str:
    """Say the durations (in seconds) that half, 95 and 99 of 100 did not exceed, in ms."""
    found = [quantile(values, share) * 1000 for share in (0.5, 0.95, 0.99)]
    return " / ".join("–" if math.isnan(each) else f"{each:.1f}" for each in found)
