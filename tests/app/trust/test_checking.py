"""Gold and repeats are posed to those who are there, are paid for, and teach nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app import artifacts, database
from app.rounds import briefs, materials
from app.rounds.reconcile import gather
from app.tables import Budget, Image, Label, Query, User
from app.trust import checks, store
from app.words import Origin, QueryState, Source, StageKind
from tests.app.trust.conftest import School

pytestmark = pytest.mark.slow

POSE = StageKind.FIT_AND_POSE


def _gold_images(school: School, count: int) -> list[Image]:
    """Add images whose class is known: copies of the holdout's, a pixel brighter."""
    session = school.room.session
    known = session.scalars(
        select(Image).where(Image.origin == Origin.HOLDOUT).order_by(Image.id).limit(count)
    ).all()
    images = []
    for image in known:
        brighter = materials.synthesized_image(image.sha256).copy()
        brighter[0, 0, 0, 0] += 1
        sha256 = artifacts.write_image(materials.png(brighter))
        images.append(
            Image(
                project_id=image.project_id,
                sha256=sha256,
                origin=Origin.GOLD,
                class_id=image.class_id,
            )
        )
    session.add_all(images)
    session.commit()
    return images


def _checks(school: School, source: Source, user: User) -> list[Query]:
    school.room.session.rollback()
    return list(
        school.room.session.scalars(
            select(Query).where(Query.source == source, Query.for_user_id == user.id)
        )
    )


def _work(school: School, users: list[User], times: int) -> None:
    """Let people answer what they are lent, and the machine pose the next."""
    for _ in range(times):
        for user in users:
            for query_id in school.lent(user, 4):
                school.say(user, query_id, school.truth(query_id))
        school.room.turn(POSE)


def test_gold_comes_at_its_rate_to_one_person_each_and_is_never_learned_from(
    school: School,
) -> None:
    _gold_images(school, 20)
    school.set(gold_rate=0.2)
    ann, bob, absent = school.join(3)
    _work(school, [ann, bob], 6)
    for user in (ann, bob):
        gold = _checks(school, Source.GOLD, user)
        assert len(gold) >= 4
        assert len({query.image_id for query in gold}) == len(gold)
        for query in gold:
            image = school.room.session.get_one(Image, query.image_id)
            assert query.provenance["truth"] == image.class_id
    assert _checks(school, Source.GOLD, absent) == []
    with database.reading() as session:
        brief = briefs.read(session, school.project.id, 99)
        evidence = store.checks(session, school.project.id)
    assert Source.GOLD not in {each.source for each in brief.asked}
    assert evidence[ann.id].gold_right == evidence[ann.id].gold > 0
    assert evidence[ann.id].repeats == 0


def test_a_check_is_lent_to_nobody_else_and_costs_an_answer(school: School) -> None:
    _gold_images(school, 20)
    school.set(gold_rate=0.4)
    ann, bob = school.join(2)
    _work(school, [ann], 3)
    (gold, *_) = [q for q in _checks(school, Source.GOLD, ann) if q.state is QueryState.OPEN]
    assert gold.id not in school.lent(bob, 64)
    assert school.say(bob, gold.id).verdict == "closed"
    budget = school.room.session.get_one(Budget, school.project.id)
    spent = budget.answers_spent
    assert school.say(ann, gold.id).verdict == "stored"
    school.room.session.rollback()
    assert budget.answers_spent == spent + 1
    with database.reading() as session:
        evidence = store.checks(session, school.project.id)[ann.id]
    assert evidence.gold - evidence.gold_right == 1


def test_repeats_are_what_somebody_answered_long_before(school: School) -> None:
    school.set(repeat_rate=0.3)
    (ann,) = school.join(1)
    _work(school, [ann], 8)
    repeats = _checks(school, Source.REPEAT, ann)
    assert repeats
    for query in repeats:
        before = school.query(query.repeat_of or 0)
        assert (before.image_id, before.for_user_id) == (query.image_id, None)
    with database.reading() as session:
        evidence = store.checks(session, school.project.id)[ann.id]
    assert evidence.repeats_same == evidence.repeats > 0


def test_checks_of_people_who_left_hold_nobody_up(school: School) -> None:
    _gold_images(school, 20)
    school.set(gold_rate=0.4)
    (ann,) = school.join(1)
    _work(school, [ann], 2)
    waiting = [q for q in _checks(school, Source.GOLD, ann) if q.state is QueryState.OPEN]
    assert waiting
    with database.reading() as session:
        facts = gather(session, school.project.id)
    assert facts is not None
    everybodys = [q for q in school.room.open_queries() if q.for_user_id is None]
    assert facts.open_queries == len(everybodys)


def test_a_spent_budget_is_not_promised_to_checks(school: School) -> None:
    _gold_images(school, 20)
    school.set(gold_rate=0.5)
    budget = school.room.session.get_one(Budget, school.project.id)
    budget.max_answers = budget.answers_spent + 30
    school.room.session.commit()
    (ann,) = school.join(1)
    _work(school, [ann], 12)
    school.room.session.refresh(budget)
    assert budget.answers_spent <= (budget.max_answers or 0)
    awaited = sum(q.overlap - q.accepted for q in school.room.open_queries())
    assert awaited <= (budget.max_answers or 0) - budget.answers_spent


def test_easy_queries_come_between_the_hard_ones(school: School) -> None:
    school.room.answer_all()
    school.set(easy_every=3)
    school.room.turn(POSE)
    queries = [q for q in school.room.open_queries() if q.margin is not None]
    order = sorted(queries, key=lambda q: -q.priority)
    easiest = max(queries, key=lambda q: q.margin or 0)
    assert order.index(easiest) < len(order) - 2


def test_without_gold_people_first_name_easy_images_that_then_check_the_others(
    school: School,
) -> None:
    school.set(gold_rate=0.2)
    ann, bob, cid = school.join(3)
    _work(school, [ann, bob, cid], 6)
    posed = {query.id: query for query in _easy(school)}
    assert posed
    assert {query.source for query in posed.values()} == {Source.SYNTHESIZED}
    checked = [query for user in (ann, bob, cid) for query in _checks(school, Source.GOLD, user)]
    by_easy = [query for query in checked if query.provenance["verified_by"] in posed]
    assert len(by_easy) >= 3
    for query in by_easy:
        verified = posed[query.provenance["verified_by"]]
        assert query.image_id == verified.image_id
        assert query.provenance["truth"] == verified.outcome_class_id
        labels = school.room.session.scalars(select(Label).where(Label.query_id == verified.id))
        assert query.for_user_id not in {label.user_id for label in labels}
    with database.reading() as session:
        evidence = store.checks(session, school.project.id)
    assert sum(each.gold for each in evidence.values()) >= 3


def test_easy_images_are_asked_only_where_gold_is_wanted_and_there_is_none(school: School) -> None:
    people = school.join(3)
    _work(school, people, 2)
    assert _easy(school) == []
    _gold_images(school, 5)
    school.set(gold_rate=0.2)
    _work(school, people, 2)
    assert _easy(school) == []


def test_easy_images_do_not_wait_behind_hard_ones(school: School) -> None:
    school.set(gold_rate=0.5, batch_size=20)
    school.join(3)
    school.room.answer_all()
    school.room.turn(POSE)
    easy = {query.id for query in _easy(school) if query.state is QueryState.OPEN}
    assert easy
    (ann,) = school.join(1)
    assert set(school.lent(ann, len(easy))) == easy


def _easy(school: School) -> list[Query]:
    school.room.session.rollback()
    every = school.room.session.scalars(select(Query).where(Query.for_user_id.is_(None)))
    return [query for query in every if query.provenance["strategy"]["name"] == checks.EASY]
