"""Where people disagree nothing is decided by chance: more are asked, or the lead decides."""

from __future__ import annotations

import pytest

from app import database
from app.rounds import briefs, fitting
from app.rounds.briefs import Asked
from app.tables import Query
from app.trust import adjudication
from app.trust.schemas import Decision
from app.words import Answer, Outcome, QueryState, Role, StageKind
from tests.app.trust.conftest import School

pytestmark = pytest.mark.slow


def _newest_query(school: School) -> Query:
    """The last of the queries that a fresh round posed at the settings of now."""
    school.room.answer_all()
    school.room.turn(StageKind.FIT_AND_POSE)
    return school.room.open_queries()[-1]


def _taught(school: School, query_id: int) -> tuple[Asked, bool]:
    """How the next round sees a query, and whether the learner is fitted on it."""
    school.room.session.rollback()
    with database.reading() as session:
        brief = briefs.read(session, school.project.id, 9)
    (place,) = (i for i, each in enumerate(brief.asked) if each.query_id == query_id)
    return brief.asked[place], place in fitting.fit(brief).labeled


def _disputed(school: School) -> list[int]:
    school.room.session.rollback()
    with database.reading() as session:
        page = adjudication.page(session, school.project.id, after=0, limit=50)
    return [each.id for each in page.items]


@pytest.mark.parametrize("most_overlap", [0, 5], ids=["fixed overlap", "adaptive overlap"])
def test_a_tie_with_nobody_left_waits_for_the_lead_and_teaches_nothing(
    school: School, most_overlap: int
) -> None:
    school.set(overlap=2, most_overlap=most_overlap)
    one, other = school.join(2)
    (lead,) = school.join(1, Role.LEAD) if most_overlap == 0 else [None]
    query = _newest_query(school)
    first, second = school.room.classes()[:2]
    school.say(one, query.id, first)
    assert school.query(query.id).state is QueryState.OPEN
    school.say(other, query.id, second)
    stands = school.query(query.id)
    assert (stands.state, stands.outcome, stands.outcome_class_id) == (
        QueryState.SETTLED,
        Outcome.DISPUTED,
        None,
    )
    assert _disputed(school) == [query.id]
    asked, taught = _taught(school, query.id)
    assert (asked.class_index, taught) == (None, False)
    school.room.turn(StageKind.ASSESS)
    assert school.query(query.id).outcome is Outcome.DISPUTED
    if lead is None:
        return
    with database.writing() as session:
        decision = Decision(answer=Answer.CLASS, class_=second)
        adjudication.decide(session, school.project.id, query.id, decision, by=lead.id)
    asked, taught = _taught(school, query.id)
    assert (asked.class_index, asked.weight, taught) == (1, 1.0, True)
    assert _disputed(school) == []


def test_where_people_differ_another_is_asked_until_one_answer_leads(school: School) -> None:
    school.set(overlap=2, most_overlap=5)
    people = school.join(5)
    query = _newest_query(school)
    first, second = school.room.classes()[:2]
    overlaps = []
    for user, said in zip(people, (first, second, second, second), strict=False):
        assert school.say(user, query.id, said).verdict == "stored"
        overlaps.append(school.query(query.id).overlap)
    assert overlaps == [2, 3, 4, 4]
    stands = school.query(query.id)
    assert (stands.state, stands.outcome_class_id) == (QueryState.SETTLED, second)
    assert school.say(people[4], query.id, first).verdict == "closed"
    asked, taught = _taught(school, query.id)
    assert (asked.class_index, taught) == (1, True)
    # Three stand behind it, one does not.
    assert asked.weight == 0.75


def test_five_people_who_cannot_agree_end_in_the_leads_queue(school: School) -> None:
    school.set(overlap=2, most_overlap=5)
    people = school.join(6)
    query = _newest_query(school)
    first, second, third = school.room.classes()[:3]
    for user, said in zip(people, (first, second, first, second, third), strict=False):
        assert school.say(user, query.id, said).verdict == "stored"
    stands = school.query(query.id)
    assert (stands.overlap, stands.outcome) == (5, Outcome.DISPUTED)
    assert _disputed(school) == [query.id]
    assert _taught(school, query.id)[1] is False
