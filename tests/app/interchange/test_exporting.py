from __future__ import annotations

import csv
import io
import json
import tracemalloc
from datetime import timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.interchange import exporting
from app.interchange.exporting import COLUMNS, ExportFormat
from app.tables import Image, Label, Query, now
from app.words import Answer, Origin, Source
from tests.app.projects.conftest import on_both_databases
from tests.factories import Factory


def table(project_id: int) -> list[dict[str, str]]:
    content = b"".join(exporting.stream(project_id, ExportFormat.CSV)).decode()
    return list(csv.DictReader(io.StringIO(content, newline="")))


def lines(project_id: int) -> list[dict[str, object]]:
    content = b"".join(exporting.stream(project_id, ExportFormat.JSONL)).decode()
    return [json.loads(each) for each in content.splitlines()]


def test_a_project_without_labels_has_a_head_only(make: Factory) -> None:
    project = make.project()
    assert (
        b"".join(exporting.stream(project.id, ExportFormat.CSV)).decode().split(",")[0]
        == "label_id"
    )
    assert table(project.id) == []
    assert lines(project.id) == []


@on_both_databases
def test_labels_come_in_the_order_in_which_they_were_received(make: Factory) -> None:
    project = make.project()
    ada, at = make.member(project), now()
    for minutes in (3, 1, 2):
        received = at - timedelta(minutes=minutes)
        make.label(make.query(project), ada, received_at=received, duration_ms=minutes)
    assert [row["duration_ms"] for row in table(project.id)] == ["3", "2", "1"]
    assert [row["duration_ms"] for row in lines(project.id)] == [3, 2, 1]


@on_both_databases
def test_labels_of_the_same_moment_all_come_once(
    make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "_PIECE", 2)
    project = make.project()
    ada, at = make.member(project), now()
    made = {make.label(make.query(project), ada, received_at=at).id for _ in range(7)}
    found = [row["label_id"] for row in table(project.id)]
    assert set(found) == made
    assert len(found) == 7


def test_a_label_that_was_taken_back_says_so(make: Factory) -> None:
    project = make.project()
    make.label(make.query(project), make.member(project), undone_at=now())
    assert table(project.id)[0]["undone_at"]


def test_labels_of_other_projects_stay_there(make: Factory) -> None:
    other = make.project()
    make.label(make.query(other), make.member(other))
    assert table(make.project().id) == []


@pytest.mark.parametrize("name", ["=1+1", "+cmd|x", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_texts_that_begin_like_a_formula_are_disarmed(make: Factory, name: str) -> None:
    project = make.project()
    make.label(make.query(project), make.member(project, user=make.user(name=name)))
    assert table(project.id)[0]["annotator_name"] == f"'{name}"
    assert lines(project.id)[0]["annotator_name"] == name


def test_numbers_stay_numbers_and_other_texts_stay_as_they_are(make: Factory) -> None:
    project = make.project()
    ada = make.member(project, user=make.user(name='Ada, "A" <b>'))
    make.label(make.query(project), ada, duration_ms=0)
    (row,) = table(project.id)
    assert (row["annotator_name"], row["duration_ms"]) == ('Ada, "A" <b>', "0")
    assert tuple(row) == COLUMNS


@pytest.mark.slow
def test_100_000_labels_take_little_memory(make: Factory, session: Session) -> None:
    project = make.project()
    ada, first_round = make.member(project), make.round(project)
    at, count = now(), 100_000
    images = [
        {"project_id": project.id, "sha256": f"{n:064x}", "name": "", "origin": Origin.POOL}
        for n in range(count)
    ]
    session.execute(insert(Image), images)
    first = session.query(Image.id).order_by(Image.id).first()[0]
    queries = [
        {
            "project_id": project.id,
            "round_id": first_round.id,
            "image_id": first + n,
            "source": Source.POOL,
        }
        for n in range(count)
    ]
    session.execute(insert(Query), queries)
    first = session.query(Query.id).order_by(Query.id).first()[0]
    labels = [
        {
            "id": f"{n:036}",
            "project_id": project.id,
            "query_id": first + n,
            "user_id": ada.id,
            "answer": Answer.UNRECOGNIZABLE,
            "received_at": at - timedelta(seconds=n // 10),
        }
        for n in range(count)
    ]
    session.execute(insert(Label), labels)
    session.commit()
    del images, queries, labels
    rows = sum(piece.labels for piece in exporting.labels(project.id, ExportFormat.CSV))
    assert rows == count
    tracemalloc.start()
    for number, _ in enumerate(exporting.stream(project.id, ExportFormat.JSONL)):
        if number == 10:
            break
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000
