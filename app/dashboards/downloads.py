"""Every figure of the lead's page as a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from sqlalchemy.orm import Session

from app.dashboards import people, sections, service, store
from app.dashboards.schemas import RoundRow, Schema

#: How spreadsheets tell a formula; such a text is written behind an apostrophe.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Figure(StrEnum):
    """What can be downloaded."""

    CURVE = "curve"
    ROUNDS = "rounds"
    SOURCES = "sources"
    CLASSES = "classes"
    PEOPLE = "people"
    ACTIVITY = "activity"


def as_csv(session: Session, project_id: int, figure: Figure) -> str:
    """Write one figure, whole."""
    return _write(_READ[figure](session, project_id))


def _write(rows: Sequence[Schema]) -> str:
    flat = [_flat(row.model_dump(mode="json")) for row in rows]
    columns = list(dict.fromkeys(name for row in flat for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(flat)
    return text.getvalue()


def _flat(row: Mapping[str, object]) -> dict[str, object]:
    """Spread nested figures over columns of their own: `posed.pool`."""
    cells: dict[str, object] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            cells |= {f"{name}.{inner}": each for inner, each in _flat(value).items()}
        elif isinstance(value, str) and value.startswith(_FORMULA):
            cells[name] = f"'{value}"
        else:
            cells[name] = "" if value is None else value
    return cells


def _curve(session: Session, project_id: int) -> Sequence[Schema]:
    return service.curve(store.points(session, project_id))


def _rounds(session: Session, project_id: int) -> Sequence[Schema]:
    points = store.points(session, project_id)
    rows: list[RoundRow] = []
    while page := sections.round_rows(
        session, project_id, points, before=rows[-1].number if rows else None
    ):
        rows += page
    return rows[::-1]


def _sources(session: Session, project_id: int) -> Sequence[Schema]:
    return sections.source_rows(store.tallies(session, project_id))


def _classes(session: Session, project_id: int) -> Sequence[Schema]:
    return sections.class_rows(session, project_id, store.tallies(session, project_id))


_READ: Mapping[Figure, Callable[[Session, int], Sequence[Schema]]] = {
    Figure.CURVE: _curve,
    Figure.ROUNDS: _rounds,
    Figure.SOURCES: _sources,
    Figure.CLASSES: _classes,
    Figure.PEOPLE: people.people,
    Figure.ACTIVITY: sections.stage_rows,
}
