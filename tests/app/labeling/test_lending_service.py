from collections.abc import Callable
from datetime import timedelta

import pytest

from app.labeling.claims import Lending
from app.tables import Stage, Worker, now
from app.words import Answer, Origin, ProjectState, QueryState, StageKind, StageState
from tests.app.labeling.conftest import Desk, on_both_databases

pytestmark = on_both_databases


def test_queries_are_lent_by_priority_then_age(desk: Desk) -> None:
    low = desk.make.query(desk.project, priority=0.1).id
    first = desk.make.query(desk.project, priority=0.9).id
    second = desk.make.query(desk.project, priority=0.9).id
    assert desk.lent(desk.ann, 2) == [first, second]
    assert desk.lent(desk.bob) == [low]


def test_a_lent_query_comes_with_what_the_page_shows(desk: Desk) -> None:
    image = desk.make.image(desk.project, Origin.SYNTHESIZED)
    desk.make.query(desk.project, image=image)
    claims = desk.claim(desk.ann)
    assert claims.state is Lending.OPEN
    assert claims.retry_after_s is None
    (query,) = claims.queries
    assert query.image_url == f"/images/{image.sha256}.png"
    assert (query.origin, query.round, query.class_ids) == (Origin.SYNTHESIZED, 1, desk.classes)
    assert timedelta(minutes=4) < query.expires_at - claims.now <= timedelta(minutes=5)
    assert [(each.name, each.key) for each in claims.classes] == [("five", "1"), ("seven", "2")]
    assert claims.settings.show_origin


def test_a_project_may_hide_where_an_image_comes_from(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(show_origin=False)
    desk.queries(1)
    assert desk.claim(desk.ann).queries[0].origin is None


def test_what_a_person_holds_comes_back_first_with_new_time(desk: Desk) -> None:
    queries = desk.queries(6)
    assert desk.lent(desk.ann, 3) == queries[:3]
    desk.let_time_pass(minutes=4)
    again = desk.claim(desk.ann, 4)
    assert [query.id for query in again.queries] == queries[:4]
    assert all(q.expires_at - again.now > timedelta(minutes=4) for q in again.queries)


def test_two_people_never_hold_the_same_slot(desk: Desk) -> None:
    queries = desk.queries(4)
    assert desk.lent(desk.ann, 3) == queries[:3]
    assert desk.lent(desk.bob, 3) == queries[3:]


def test_with_overlap_several_people_hold_a_query_each_in_a_slot(
    open_desk: Callable[..., Desk],
) -> None:
    desk = open_desk(overlap=2)
    (query,) = desk.queries(1, overlap=2)
    carol = desk.make.member(desk.project)
    assert desk.lent(desk.ann) == desk.lent(desk.bob) == [query]
    assert desk.lent(carol) == []
    assert [(slot, user) for _, slot, user, _ in desk.claims()] == [
        (0, desk.ann.id),
        (1, desk.bob.id),
    ]


def test_what_is_not_answered_in_time_goes_to_somebody_else(desk: Desk) -> None:
    queries = desk.queries(2)
    assert desk.lent(desk.ann) == queries
    desk.let_time_pass(minutes=6)
    assert desk.lent(desk.bob) == queries


def test_what_is_given_back_goes_to_somebody_else_at_once(desk: Desk) -> None:
    queries = desk.queries(2)
    desk.lent(desk.ann)
    assert desk.release(desk.bob, queries) == 0
    assert desk.release(desk.ann, queries[1:]) == 1
    assert desk.lent(desk.bob) == queries[1:]


def test_nobody_is_lent_what_they_answered_or_skipped(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(overlap=3)
    queries = desk.queries(3, overlap=3)
    desk.say(desk.ann, queries[0])
    desk.say(desk.ann, queries[1], Answer.SKIP)
    assert desk.lent(desk.ann) == queries[2:]
    assert desk.lent(desk.bob) == queries


def test_a_skip_that_was_taken_back_is_lent_again(desk: Desk) -> None:
    (query,) = desk.queries(1)
    skip = desk.answer(query, Answer.SKIP)
    desk.send(desk.ann, skip)
    assert desk.lent(desk.ann) == []
    desk.undo(desk.ann, skip["id"])
    assert desk.lent(desk.ann) == [query]


def test_never_more_is_lent_than_the_budget_could_take(desk: Desk) -> None:
    desk.queries(10)
    desk.cap(answers=5)
    assert len(desk.lent(desk.ann, 3)) == 3
    assert len(desk.lent(desk.bob, 8)) == 2
    desk.cap(answers=None, price="0.04", cost="0.25")
    assert len(desk.lent(desk.bob, 8)) == 3


def test_those_who_ask_together_share_what_the_budget_leaves(desk: Desk) -> None:
    desk.queries(10)
    desk.cap(answers=5)
    asked = desk.claim_together(desk.ann, desk.bob, desk.ann, limit=3)
    lent = [[query.id for query in each.queries] for each in asked]
    assert [len(each) for each in lent] == [3, 2, 3]
    assert lent[0] == lent[2]
    assert not set(lent[0]) & set(lent[1])


def test_a_spent_budget_lends_nothing(desk: Desk) -> None:
    queries = desk.queries(3)
    desk.cap(answers=1)
    desk.say(desk.ann, queries[0])
    claims = desk.claim(desk.bob)
    assert (claims.state, claims.queries) == (Lending.BUDGET_SPENT, [])


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (ProjectState.PAUSED, Lending.PAUSED),
        (ProjectState.FINISHED, Lending.FINISHED),
        (ProjectState.DRAFT, Lending.BEING_PREPARED),
    ],
)
def test_a_project_that_does_not_run_lends_nothing(
    desk: Desk, state: ProjectState, told: Lending
) -> None:
    desk.queries(1)
    desk.lent(desk.ann)
    desk.change(desk.project, state=state, notice="Back on Monday.")
    claims = desk.claim(desk.ann)
    assert (claims.state, claims.queries, claims.notice) == (told, [], "Back on Monday.")


def test_all_lent_says_when_the_first_may_come_back(desk: Desk) -> None:
    desk.queries(2)
    desk.lent(desk.ann)
    desk.let_time_pass(minutes=2)
    claims = desk.claim(desk.bob)
    assert claims.state is Lending.ALL_LENT
    assert claims.retry_after_s is not None
    assert 170 <= claims.retry_after_s <= 180


def test_nothing_left_for_you_when_others_must_answer(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(overlap=2)
    (query,) = desk.queries(1, overlap=2)
    desk.say(desk.ann, query)
    assert desk.claim(desk.ann).state is Lending.NOTHING_LEFT_FOR_YOU
    assert desk.claim(desk.bob).state is Lending.OPEN


def _stage(desk: Desk, kind: StageKind, state: StageState, share: float = 0.0) -> None:
    with desk.writing() as session:
        session.add(
            Stage(project_id=desk.project.id, kind=kind, number=1, state=state, share=share)
        )


def _worker(desk: Desk, seconds_ago: float) -> None:
    seen = now() - timedelta(seconds=seconds_ago)
    with desk.writing() as session:
        session.add(Worker(id="w", host="here", pid=1, seen_at=seen))


def test_being_prepared_tells_what_the_machine_does(desk: Desk) -> None:
    _worker(desk, 1)
    _stage(desk, StageKind.EVALUATE, StageState.RUNNING)
    _stage(desk, StageKind.FIT_AND_POSE, StageState.QUEUED)
    waiting = desk.claim(desk.ann)
    assert waiting.preparing is not None
    assert (waiting.preparing.kind, waiting.preparing.share) == (StageKind.FIT_AND_POSE, None)
    _stage(desk, StageKind.TRAIN_GENERATOR, StageState.RUNNING, 0.4)
    claims = desk.claim(desk.ann)
    assert claims.state is Lending.BEING_PREPARED
    assert claims.preparing is not None
    assert (claims.preparing.kind, claims.preparing.share) == (StageKind.TRAIN_GENERATOR, 0.4)
    assert claims.notice == ""


def test_a_silent_machine_is_told_in_words(desk: Desk) -> None:
    assert desk.claim(desk.ann).notice.startswith("No worker has been seen yet.")
    _worker(desk, 95)
    assert desk.claim(desk.ann).notice.startswith("No worker seen for 95 s.")


def test_withdrawn_queries_are_not_held_any_more(desk: Desk) -> None:
    queries = desk.queries(2)
    desk.lent(desk.ann)
    desk.change(desk.query(queries[0]), state=QueryState.WITHDRAWN)
    assert desk.lent(desk.ann) == queries[1:]


def test_an_archived_class_is_not_offered(desk: Desk) -> None:
    desk.queries(1)
    desk.change(desk.make.classes(desk.project)[0], archived_at=now())
    claims = desk.claim(desk.ann)
    assert [each.name for each in claims.classes] == ["seven"]
    assert claims.queries[0].class_ids == desk.classes[1:]


def test_other_projects_queries_are_never_lent(desk: Desk) -> None:
    other = desk.make.project()
    desk.make.query(other)
    assert desk.lent(desk.ann) == []
    assert desk.claims() == []
