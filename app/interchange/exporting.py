"""Write all labels of a project as CSV or JSON Lines, piece by piece, in little memory.

Each piece is a short read of its own, so an export holds nobody up, however long the reader takes.
Taken-back labels are written too, with the time at which they were taken back.

In CSV, a text that begins like a formula (`=`, `+`, `-`, `@`, or a tab or line break) gets an
apostrophe in front, because spreadsheets would run it. JSON Lines has every text as it is.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app import database
from app.interchange import store
from app.tables import now

#: Labels in one piece.
_PIECE = 2000
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

COLUMNS = (
    "label_id",
    "query_id",
    "image_sha256",
    "image_name",
    "image_origin",
    "source",
    "round",
    "annotator_email",
    "annotator_name",
    "answer",
    "class",
    "duration_ms",
    "received_at",
    "undone_at",
    "outcome",
    "outcome_class",
)


class ExportFormat(StrEnum):
    """How labels are written."""

    CSV = "csv"
    #: One JSON object per line.
    JSONL = "jsonl"


@dataclass(frozen=True)
class Piece:
    """Some bytes of an export, and how many labels are in them."""

    content: bytes
    labels: int


def labels(project_id: int, format: ExportFormat) -> Iterator[Piece]:
    """Write a project's labels, in the order in which they came."""
    write = _csv if format is ExportFormat.CSV else _jsonl
    if format is ExportFormat.CSV:
        yield Piece(_csv([list(COLUMNS)]), 0)
    for rows in _pieces(project_id):
        yield Piece(write(rows), len(rows))


def stream(project_id: int, format: ExportFormat) -> Iterator[bytes]:
    """Write a project's labels as bytes alone."""
    return (piece.content for piece in labels(project_id, format))


def _pieces(project_id: int) -> Iterator[list[list[Any]]]:
    """Read the labels that there are now, some at a time."""
    until, after = now(), None
    while True:
        with database.reading() as session:
            rows = store.labels(session, project_id, after=after, until=until, limit=_PIECE)
        if rows:
            yield [list(row) for row in rows]
        if len(rows) < _PIECE:
            return
        after = rows[-1].received_at, rows[-1].label_id


def _csv(rows: list[list[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(
        [_cell(value) for value in row] for row in rows
    )
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    """Write one value so that a spreadsheet shows it and runs nothing."""
    text = _text(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _jsonl(rows: list[list[Any]]) -> bytes:
    objects = (dict(zip(COLUMNS, row, strict=True)) for row in rows)
    return "".join(
        json.dumps(each, default=_text, ensure_ascii=False) + "\n" for each in objects
    ).encode()
