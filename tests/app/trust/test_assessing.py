"""A bad annotator among good ones is reported, weighed and outvoted; doubtful queries come back."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import select

from app import database
from app.rounds.reconcile import gather
from app.rounds.schedule import ASSESS_EVERY
from app.tables import Budget, Label, Query, Stage, User
from app.trust import store
from app.words import Outcome, QueryState, StageKind, StageState
from tests.app.trust.conftest import School

pytestmark = pytest.mark.slow

ASSESS = StageKind.ASSESS


def _answer_everything(school: School, accuracies: dict[User, float], *, seed: int = 0) -> None:
    """Let people answer all that is open, each as well as they can."""
    random, classes = np.random.default_rng(seed), school.room.classes()
    truths: dict[int, int] = {}
    busy = True
    while busy:
        busy = False
        for place in random.permutation(len(accuracies)).tolist():
            user, accuracy = list(accuracies.items())[place]
            for query_id in school.lent(user, 1):
                busy = True
                truth = truths.setdefault(query_id, school.truth(query_id))
                right = random.random() < accuracy
                school.say(user, query_id, truth if right else int(random.choice(classes)))


def _open_with_overlap(school: School, overlap: int) -> None:
    """Let what is open need more labels."""
    for query in school.room.open_queries():
        query.overlap = overlap
    school.room.session.commit()


def test_someone_who_guesses_is_reported_and_counts_less(school: School) -> None:
    school.set(overlap=3, batch_size=40)
    school.room.answer_all()
    school.room.turn(StageKind.FIT_AND_POSE)
    good, bad = school.join(3), school.join(1)
    _open_with_overlap(school, 4)
    _answer_everything(school, {**dict.fromkeys(good, 1.0), bad[0]: 0.2})
    (stage,) = school.room.turn(ASSESS)
    assert stage.state is StageState.DONE
    assert 0 < stage.facts["alpha"] < 1
    with database.reading() as session:
        found = store.reliabilities(session, school.project.id)
    assert found[bad[0].id].warning == "unreliable"
    assert 0 < found[bad[0].id].weight < 1
    assert {found[each.id].warning for each in good} == {""}
    assert {found[each.id].weight for each in good} == {1.0}


def test_two_who_click_at_random_among_five_good_ones_are_reported_within_thirty_answers(
    school: School,
) -> None:
    """The whole way: real claims, labels, stages and tables."""
    school.set(overlap=3, batch_size=80)
    school.room.answer_all()
    school.room.turn(StageKind.FIT_AND_POSE)
    people = school.join(7)
    accuracy = dict(zip(people, (0.97,) * 5 + (0.7, 0.5), strict=True))
    random, classes = np.random.default_rng(1), school.room.classes()
    reported: dict[int, int] = {}
    for answers in range(1, 7 * 30 + 1):
        user = people[answers % 7]
        (query_id,) = school.lent(user, 1)
        truth = school.truth(query_id)
        others = [each for each in classes if each != truth]
        right = random.random() < accuracy[user]
        assert school.say(user, query_id, truth if right else int(random.choice(others)))
        if answers % ASSESS_EVERY == 0:
            school.room.turn(ASSESS)
            with database.reading() as session:
                for user_id, found in store.reliabilities(session, school.project.id).items():
                    if found.warning:
                        reported.setdefault(user_id, answers // 7 + 1)
    seventy, fifty = people[5], people[6]
    assert set(reported) == {seventy.id, fifty.id}
    assert max(reported.values()) <= 30
    with database.reading() as session:
        weights = {u: r.weight for u, r in store.reliabilities(session, school.project.id).items()}
        kept = session.scalars(select(Label).where(Label.user_id == fifty.id)).all()
    assert weights[fifty.id] < weights[people[0].id] == 1.0
    assert len(kept) == 30
    assert {each.undone_at for each in kept} == {None}


def test_annotators_are_compared_each_time_enough_is_answered(school: School) -> None:
    school.set(overlap=2)
    budget = school.room.session.get_one(Budget, school.project.id)
    number = budget.answers_spent // ASSESS_EVERY
    budget.answers_spent = (number + 1) * ASSESS_EVERY
    school.room.session.commit()
    (stage,) = school.room.turn(ASSESS)
    assert (stage.number, stage.state) == (number + 1, StageState.DONE)
    assert school.room.turn(ASSESS) == []
    school.set(overlap=1)
    with database.reading() as session:
        facts = gather(session, school.project.id)
    assert facts is not None
    assert facts.assessment is None


def test_crowdlab_may_decide_what_people_disagree_on(school: School) -> None:
    school.set(overlap=2, batch_size=60, consensus="crowdlab")
    school.room.answer_all()
    school.room.turn(StageKind.FIT_AND_POSE)
    people = school.join(4)
    _open_with_overlap(school, 2)
    _answer_everything(school, dict(zip(people, (1.0, 1.0, 1.0, 0.4), strict=True)))
    disputed = _ids(school, Outcome.DISPUTED)
    assert disputed
    (stage,) = school.room.turn(ASSESS)
    assert stage.facts["changed"] > 0
    decided = [school.query(each) for each in disputed]
    decided = [each for each in decided if each.outcome is Outcome.CLASS]
    assert decided
    right = [each.outcome_class_id == school.room.truth(each) for each in decided]
    assert np.mean(right) > 0.5


def test_doubtful_queries_are_asked_again_within_the_cap(school: School) -> None:
    school.set(overlap=2, most_overlap=3, batch_size=30)
    school.room.answer_all()
    school.room.turn(StageKind.FIT_AND_POSE)
    people = school.join(2)
    _open_with_overlap(school, 2)
    _answer_everything(school, dict.fromkeys(people, 0.6))
    # Nobody else was there to be asked; now somebody is.
    carol, dora = school.join(2)
    disputed = _ids(school, Outcome.DISPUTED)
    assert disputed
    (stage,) = school.room.turn(ASSESS)
    again = [q for q in school.room.open_queries() if q.accepted == 2]
    assert 0 < len(again) == stage.facts["asked_again"]
    assert {(q.overlap, q.outcome) for q in again} == {(3, None)}
    for query in again:
        assert school.say(carol, query.id, school.room.truth(query)).verdict == "stored"
        assert school.say(dora, query.id).verdict == "closed"
        assert school.query(query.id).accepted == 3


def test_what_a_lead_decided_stays(school: School) -> None:
    school.set(overlap=2, consensus="crowdlab", batch_size=30)
    school.room.answer_all()
    school.room.turn(StageKind.FIT_AND_POSE)
    people = school.join(2)
    (lead,) = school.join(1)
    _open_with_overlap(school, 2)
    _answer_everything(school, dict.fromkeys(people, 0.5))
    school.set(most_overlap=3)
    disputed = _ids(school, Outcome.DISPUTED)
    assert disputed
    for query_id in disputed:
        query = school.query(query_id)
        query.adjudicated_by, query.outcome = lead.id, Outcome.UNRECOGNIZABLE
        school.room.session.commit()
    school.room.turn(ASSESS)
    stands = {(school.query(each).state, school.query(each).outcome) for each in disputed}
    assert stands == {(QueryState.SETTLED, Outcome.UNRECOGNIZABLE)}


def _ids(school: School, outcome: Outcome) -> list[int]:
    school.room.session.rollback()
    return list(school.room.session.scalars(select(Query.id).where(Query.outcome == outcome)))


def test_an_assessment_may_run_twice(school: School) -> None:
    school.set(overlap=2)
    school.join(2)
    _open_with_overlap(school, 2)
    _answer_everything(school, dict.fromkeys(school.people, 0.8))
    (first,) = school.room.turn(ASSESS)
    school.room.session.add(
        Stage(project_id=school.project.id, kind=ASSESS, number=first.number + 1)
    )
    school.room.session.commit()
    (second,) = school.room.turn(ASSESS)
    assert second.facts["alpha"] == first.facts["alpha"]
