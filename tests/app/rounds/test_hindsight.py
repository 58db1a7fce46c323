"""What is kept with each query for people who ask after their answer, on real digits."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import select

from app import database
from app.rounds import briefs, fitting, materials
from app.tables import ModelCheckpoint, Query
from app.words import StageKind
from models.interfaces import margins
from tests.app.rounds.conftest import Classroom

pytestmark = pytest.mark.slow

POSE = StageKind.FIT_AND_POSE


@pytest.fixture
def room(trained: Classroom) -> Classroom:
    """A classroom in which the newest learner has posed what is open."""
    trained.answer_all()
    trained.turn(POSE)
    return trained


def test_every_query_knows_which_classes_competed_and_how_sure_the_learner_was(
    room: Classroom,
) -> None:
    newest = room.session.scalars(
        select(ModelCheckpoint)
        .where(ModelCheckpoint.kind == "learner")
        .order_by(ModelCheckpoint.id.desc())
    ).first()
    assert newest is not None
    learner = materials.learner(materials.Saved.of(newest))
    with database.reading() as session:
        brief = briefs.read(session, room.project.id, room.rounds()[-1].number + 1)
    vectors = dict(
        zip((each.query_id for each in brief.asked), fitting.asked_vectors(brief), strict=True)
    )
    queries = room.open_queries()
    assert queries
    for query in queries:
        why, vector = query.provenance["why"], vectors[query.id][None]
        chances = learner.chances(vector)[0]
        best = np.argsort(-chances)[:3]
        assert [each for each, _ in why["classes"]] == [brief.class_ids[k] for k in best]
        told = [chance for _, chance in why["classes"]]
        np.testing.assert_allclose(told, chances[best], atol=1e-3)
        assert why["margin"] == pytest.approx(float(margins(learner.decide(vector))[0]), abs=1e-3)


@pytest.mark.parametrize("stretch", [0.0, 0.5])
def test_labels_pull_both_ways_and_are_labels_of_before(room: Classroom, stretch: float) -> None:
    room.project.settings = {**room.project.settings, "stretch": stretch}
    room.session.commit()
    room.answer_all()
    room.turn(POSE)
    known = {
        query.id: query.outcome_class_id
        for query in room.session.scalars(select(Query).where(Query.outcome.is_not(None)))
    }
    for query in room.open_queries():
        why = query.provenance["why"]
        assert why["kind"] == "pull"
        numbers = [number for _, _, number in why["labels"]]
        assert max(numbers) > 0 > min(numbers)
        assert numbers == [
            *sorted((n for n in numbers if n > 0), reverse=True),
            *sorted(n for n in numbers if n < 0),
        ]
        for query_id, class_id, _ in why["labels"]:
            assert known[query_id] == class_id


def test_where_decisions_are_no_sums_the_nearest_labels_are_told(room: Classroom) -> None:
    room.project.settings = {**room.project.settings, "learner": {"name": "committee"}}
    room.session.commit()
    room.answer_all()
    room.turn(POSE)
    for query in room.open_queries():
        why = query.provenance["why"]
        assert why["kind"] == "nearest"
        (first, _), (second, _), *_ = why["classes"]
        assert {class_id for _, class_id, _ in why["labels"]} <= {first, second}
        for side in (first, second):
            apart = [far for _, class_id, far in why["labels"] if class_id == side]
            assert apart == sorted(apart)


def test_before_there_is_a_learner_nothing_is_kept(classroom: Classroom) -> None:
    classroom.turn(POSE)
    assert all("why" not in each.provenance for each in classroom.open_queries())
