"""A class that people gave to a real image in place of an imagined one belongs to the real one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from sqlalchemy import select

from app import database
from app.accounts.auth import Actor
from app.interchange import exporting
from app.labeling import service
from app.rounds import briefs, fitting, instead, materials
from app.rounds.briefs import Brief
from app.rounds.instead import Instead, judge, once
from app.tables import Image, Membership, Query, User
from app.words import Outcome, Role, Source, StageKind
from tests.app.rounds.conftest import Classroom

FIVE = 5


@dataclass
class Said:
    """A label that bears its query's outcome."""

    query_id: int
    row: int | None
    class_id: int = FIVE
    source: Source = Source.SYNTHESIZED

    @property
    def import_id(self) -> int | None:
        return None if self.row is None else 1

    @property
    def sha256(self) -> str | None:
        return None if self.row is None else f"{self.row}"


def _places(*said: Said) -> list[tuple[int, tuple[int, int]]]:
    return [(each.query_id, each.place) for each in judge(said)]


def test_a_class_belongs_to_the_real_image_where_everybody_looked_at_one() -> None:
    assert _places(Said(1, 10), Said(2, 20), Said(2, 20)) == [(1, (1, 10)), (2, (1, 20))]


def test_a_class_that_somebody_gave_to_the_imagined_image_belongs_to_that() -> None:
    assert _places(Said(1, 10), Said(1, None)) == []
    assert _places(Said(1, None), Said(1, 10), Said(2, 20)) == [(2, (1, 20))]


def test_of_two_real_images_the_first_one_counts() -> None:
    assert _places(Said(1, 10), Said(1, 20)) == [(1, (1, 10))]


def test_no_image_counts_twice() -> None:
    first, again, other = (
        Instead(query, Source.SYNTHESIZED, (1, row), "", FIVE)
        for query, row in ((1, 10), (2, 10), (3, 30))
    )
    assert once([first, again, other], set()) == [first, other]
    assert once([first, again, other], {(1, 10)}) == [other]


@pytest.fixture
def posed(trained: Classroom) -> Classroom:
    """A round of queries that know their twins, and nothing else open."""
    trained.answer_all()
    trained.turn(StageKind.FIT_AND_POSE)
    return trained


def _imagined(room: Classroom) -> list[Query]:
    return [each for each in room.open_queries() if each.source is Source.SYNTHESIZED]


def _label(room: Classroom, query: Query, class_id: int, twin: int) -> None:
    """Label a twin as an annotator does, through the service."""
    with database.writing() as session:
        person = User(email=f"{uuid4()}@example.org", name="A")
        session.add(person)
        session.flush()
        session.add(Membership(project_id=query.project_id, user_id=person.id, role=Role.ANNOTATOR))
        session.flush()
        sent: list[Any] = [
            {
                "id": str(uuid4()),
                "query_id": query.id,
                "answer": "class",
                "class": class_id,
                "twin": twin,
            }
        ]
        actor = Actor(person.id, person.email, "A", is_admin=False, by_token=False)
        ((verdict,),) = service.record(session, [(actor, service.read(sent))])
        assert verdict.verdict == "stored", verdict
    room.session.rollback()


def _brief(room: Classroom) -> Brief:
    with database.reading() as session:
        return briefs.read(session, room.project.id, room.rounds()[-1].number + 1)


@pytest.mark.slow
def test_the_learner_is_taught_the_real_image_and_not_the_imagined_one(posed: Classroom) -> None:
    query = _imagined(posed)[0]
    twin, class_id = query.provenance["twins"][1][0], posed.classes()[3]
    _label(posed, query, class_id, twin)
    brief = _brief(posed)
    imagined, real = [each for each in brief.asked if each.query_id == query.id]
    assert (imagined.outcome, imagined.class_index, imagined.latent) == (None, None, None)
    assert (real.outcome, real.class_index, real.own) == (Outcome.CLASS, 3, False)
    image = posed.session.get_one(Image, twin)
    assert real.place == (image.import_id, image.row)
    fitted = fitting.fit(brief)
    at = brief.asked.index(real)
    assert at in fitted.labeled
    assert brief.asked.index(imagined) not in fitted.labeled
    row = brief.pool.rows([(image.import_id or 0, image.row or 0)])[0]
    np.testing.assert_array_equal(
        fitted.asked_vectors[at], materials.vectors(brief.pool, brief.features)[row]
    )


@pytest.mark.slow
def test_an_imagined_image_passed_over_is_neither_a_refusal_nor_a_name(posed: Classroom) -> None:
    before = _brief(posed).synthesized_refused
    query = _imagined(posed)[0]
    _label(posed, query, posed.classes()[0], query.provenance["twins"][0][0])
    brief = _brief(posed)
    assert brief.synthesized_refused == before
    assert brief.refused == 0


@pytest.mark.slow
def test_neither_image_is_asked_about_again(posed: Classroom) -> None:
    queries = _imagined(posed)
    twins = set()
    for query in queries:
        twins.add(query.provenance["twins"][0][0])
        _label(posed, query, posed.classes()[0], query.provenance["twins"][0][0])
    for _ in range(3):
        posed.answer_all()
        posed.turn(StageKind.FIT_AND_POSE)
    posed.session.rollback()
    assert not twins & set(posed.session.scalars(select(Query.image_id)))
    later = [q for q in posed.session.scalars(select(Query)) if q.id > max(q.id for q in queries)]
    offered = {twin for q in later for twin, _ in q.provenance.get("twins", [])}
    assert not twins & offered


@pytest.mark.slow
def test_what_a_lead_decides_is_about_the_imagined_image(posed: Classroom) -> None:
    query = _imagined(posed)[0]
    _label(posed, query, posed.classes()[0], query.provenance["twins"][0][0])
    with database.writing() as session:
        lead = User(email="lead@example.org", name="L")
        session.add(lead)
        session.flush()
        session.get_one(Query, query.id).adjudicated_by = lead.id
    with database.reading() as session:
        assert instead.read(session, posed.project.id) == []


@pytest.mark.slow
def test_an_export_names_the_image_that_was_labeled(posed: Classroom) -> None:
    query = _imagined(posed)[0]
    twin = query.provenance["twins"][0][0]
    _label(posed, query, posed.classes()[0], twin)
    whole = b"".join(exporting.stream(posed.project.id, exporting.ExportFormat.CSV)).decode()
    head, line = whole.splitlines()
    row = dict(zip(head.split(","), line.split(","), strict=True))
    image = posed.session.get_one(Image, twin)
    assert (row["image_sha256"], row["image_origin"]) == (image.sha256, "pool")
