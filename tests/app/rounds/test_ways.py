"""Walks and pairs are posed, marked by people, and taught to the learner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from sqlalchemy import select

from app import database
from app.accounts.auth import Actor
from app.labeling import service
from app.rounds import briefs, fitting, marks, materials
from app.rounds.replaying import replay
from app.tables import Image, Membership, Project, Query, QueryImage, User
from app.words import Answer, Outcome, QueryState, Role, Source, StageKind, Way
from models.strategies.strips import FRAMES
from tests.app.rounds.conftest import Classroom

pytestmark = pytest.mark.slow


@pytest.fixture
def room(trained: Classroom) -> Classroom:
    """All imagined slots are walks and all of the pool's are pairs, from the next round on."""
    project = trained.session.get_one(Project, trained.project.id)
    shares = {"walk_share": 1.0, "pair_share": 1.0, "batch_size": 10}
    project.settings = {**project.settings, **shares}
    trained.session.commit()
    trained.answer_all()
    trained.turn(StageKind.FIT_AND_POSE)
    return trained


def _asked(room: Classroom, way: Way) -> list[Query]:
    room.session.rollback()
    found = room.session.scalars(select(Query).where(Query.way == way).order_by(Query.id))
    return list(found)


def _images(room: Classroom, query: Query) -> list[Image]:
    return list(
        room.session.scalars(
            select(Image)
            .join(QueryImage, QueryImage.image_id == Image.id)
            .where(QueryImage.query_id == query.id)
            .order_by(QueryImage.position)
        )
    )


def _answer(room: Classroom, query: Query, answer: Answer, marked: dict[str, int]) -> None:
    """Answer as an annotator does, through the service."""
    with database.writing() as session:
        person = User(email=f"{uuid4()}@example.org", name="A")
        session.add(person)
        session.flush()
        session.add(Membership(project_id=query.project_id, user_id=person.id, role=Role.ANNOTATOR))
        session.flush()
        sent: Sequence[Any] = [
            {"id": str(uuid4()), "query_id": query.id, "answer": answer, "marks": marked}
        ]
        actor = Actor(person.id, person.email, "A", is_admin=False, by_token=False)
        ((verdict,),) = service.record(session, [(actor, service.read(sent))])
        assert verdict.verdict == "stored", verdict
    room.session.rollback()


def _brief(room: Classroom) -> briefs.Brief:
    with database.reading() as session:
        return briefs.read(session, room.project.id, room.rounds()[-1].number + 1)


def test_imagined_slots_become_walks_of_frames_that_can_be_made_again(room: Classroom) -> None:
    walks = _asked(room, Way.WALK)
    assert walks
    classes = set(room.classes())
    for walk in walks:
        frames = _images(room, walk)
        assert len({frame.id for frame in frames}) == FRAMES
        assert walk.image_id in [frame.id for frame in frames]
        assert {walk.about["from"], walk.about["to"]} <= classes
        assert walk.about["from"] != walk.about["to"]
        assert (walk.source, walk.overlap) == (Source.SYNTHESIZED, 1)
        assert "bit for bit" in replay(walk.id)


def test_slots_of_the_pool_become_pairs_of_two_images_that_nobody_was_asked_about(
    room: Classroom,
) -> None:
    pairs = _asked(room, Way.PAIR)
    assert pairs
    shown = [image.id for pair in pairs for image in _images(room, pair)]
    single = [query.image_id for query in _asked(room, Way.SINGLE)]
    assert len(shown) == len(set(shown)) == 2 * len(pairs)
    assert not set(shown) & set(single)
    for pair in pairs:
        assert pair.image_id == _images(room, pair)[0].id
        assert pair.about["class"] != pair.about["against"]


def test_a_marked_walk_teaches_both_of_its_sides(room: Classroom) -> None:
    walk = _asked(room, Way.WALK)[0]
    before = fitting.fit(_brief(room))
    _answer(room, walk, Answer.WALK, {"last": 3, "first": 7})
    brief = _brief(room)
    taught = [each for each in brief.asked if each.outcome is Outcome.WALK and each.sha256]
    frames = [image.sha256 for image in _images(room, walk)]
    sides = [each for each in taught if each.class_index is not None]
    first, second = (brief.class_ids.index(walk.about[side]) for side in ("from", "to"))
    assert [each.sha256 for each in sides] == frames[:4] + frames[7:]
    assert [each.class_index for each in sides] == [first] * 4 + [second] * 4
    fitted = fitting.fit(brief)
    assert len(fitted.labeled) == len(before.labeled) + 8
    assert fitted.learner is not None
    vectors = fitted.features.extract(_pixels(room, walk))
    leads = fitted.learner.decide(vectors)[:, [first, second]]
    assert leads[0, 0] > leads[0, 1]
    assert leads[-1, 1] > leads[-1, 0]


def _pixels(room: Classroom, walk: Query) -> np.ndarray:
    return np.concatenate(
        [materials.synthesized_image(image.sha256) for image in _images(room, walk)]
    )


def test_a_compared_pair_moves_the_learner_towards_the_one_that_is_more(room: Classroom) -> None:
    pair = _asked(room, Way.PAIR)[0]
    brief = _brief(room)
    places = [(image.import_id or 0, image.row or 0) for image in _images(room, pair)]
    asked, against = (brief.class_ids.index(pair.about[each]) for each in ("class", "against"))

    def leads(fitted: fitting.Fitted) -> np.ndarray:
        assert fitted.learner is not None
        both = fitted.learner.decide(fitted.pool_vectors[brief.pool.rows(places)])
        return np.asarray(both[:, asked] - both[:, against])

    before = leads(fitting.fit(brief))
    less = int(before.argmax())
    _answer(room, pair, Answer.PAIR, {"more": 1 - less})
    after_brief = _brief(room)
    (told,) = after_brief.compared
    assert (told.more, told.less) == (places[1 - less], places[less])
    after = leads(fitting.fit(after_brief))
    assert after[1 - less] - after[less] > before[1 - less] - before[less]


def test_the_loop_goes_on_after_walks_and_pairs(room: Classroom) -> None:
    for walk in _asked(room, Way.WALK):
        _answer(room, walk, Answer.WALK, {"last": 4, "first": 5})
    for pair in _asked(room, Way.PAIR):
        _answer(room, pair, Answer.PAIR, {"more": 0})
    for query in room.open_queries():
        room.settle(query)
    rounds = len(room.rounds())
    (stage,) = room.turn(StageKind.FIT_AND_POSE)
    assert stage.problem == ""
    assert len(room.rounds()) == rounds + 1
    newest = room.rounds()[-1]
    settled = room.session.scalars(
        select(Query).where(
            Query.state == QueryState.SETTLED, Query.outcome.in_((Outcome.CLASS, Outcome.WALK))
        )
    )
    assert newest.labeled == len(list(settled))


def test_what_lies_between_the_marks_has_no_class() -> None:
    told = {"last": 2, "first": 5}
    assert [marks.side_of(place, told) for place in range(7)] == [
        *["from"] * 3,
        *[""] * 2,
        *["to"] * 2,
    ]
