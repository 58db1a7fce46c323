"""What a doubted annotator said teaches the learner less, also where nobody else was asked."""

from __future__ import annotations

import numpy as np
import pytest

from app import database
from app.rounds import briefs, fitting, materials, store
from app.rounds.briefs import Brief
from app.tables import Reliability, now
from app.words import StageKind
from tests.app.trust.conftest import School

pytestmark = pytest.mark.slow


def _brief(school: School) -> Brief:
    school.room.session.rollback()
    with database.reading() as session:
        return briefs.read(session, school.project.id, 9)


def _doubt(school: School, user_id: int, weight: float) -> None:
    school.room.session.add(
        Reliability(
            project_id=school.project.id,
            user_id=user_id,
            weight=weight,
            warning="unreliable",
            facts={},
            at=now(),
        )
    )
    school.room.session.commit()


def test_answers_of_somebody_doubted_teach_less_at_overlap_one(school: School) -> None:
    school.set(overlap=1, batch_size=60, propagate=False)
    good, bad = school.join(2)
    school.room.answer_all()
    school.room.turn(StageKind.FIT_AND_POSE)
    classes, by_bad = school.room.classes(), list[int]()
    for place, query in enumerate(school.room.open_queries()):
        truth = school.room.truth(query)
        if place % 2:
            by_bad.append(query.id)
            wrong = classes[(classes.index(truth) + 1 + place) % len(classes)]
            assert school.say(bad, query.id, wrong).verdict == "stored"
        else:
            assert school.say(good, query.id, truth).verdict == "stored"
    before = _brief(school)
    assert {each.weight for each in before.asked} == {1.0}
    _doubt(school, bad.id, 0.1)
    after = _brief(school)
    assert {each.query_id for each in after.asked if each.weight == 0.1} == set(by_bad)
    assert {each.weight for each in after.asked if each.query_id not in by_bad} == {1.0}
    assert _accuracy(school, after) > _accuracy(school, before) + 0.03
    # Nothing is deleted: all that was labeled still teaches.
    assert len(fitting.fit(after).labeled) == len(fitting.fit(before).labeled)


def _accuracy(school: School, brief: Brief) -> float:
    """How many holdout images a learner names that was fitted on all answers."""
    fitted = fitting.fit(brief)
    assert fitted.learner is not None
    with database.reading() as session:
        shelf = materials.holdout_shelf(session, brief.project_id)
        truth = store.holdout_classes(session, brief.project_id)
    rows = shelf.rows([(each.import_id or 0, each.row or 0) for each in truth])
    vectors = materials.vectors(shelf, brief.features)[rows]
    decided = fitted.learner.decide(vectors).argmax(axis=1)
    named = [brief.class_ids[each] for each in decided]
    return float(np.mean(np.array(named) == [each.class_id for each in truth]))
