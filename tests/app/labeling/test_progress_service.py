from datetime import UTC, datetime, timedelta

import pytest

from app import database
from app.labeling import progress_service
from app.labeling.progress_service import about, changeable, start_of_day
from app.tables import now
from app.words import Answer, QueryState
from tests.app.labeling.conftest import Desk, actor_of, on_both_databases


@pytest.mark.parametrize(
    ("hour", "offset", "midnight"),
    [
        (12, 0, datetime(2026, 11, 20, tzinfo=UTC)),
        (23, 120, datetime(2026, 11, 20, 22, tzinfo=UTC)),
        (3, -300, datetime(2026, 11, 19, 5, tzinfo=UTC)),
    ],
)
def test_a_day_begins_at_midnight_where_the_person_is(
    hour: int, offset: int, midnight: datetime
) -> None:
    assert start_of_day(datetime(2026, 11, 20, hour, 30, tzinfo=UTC), offset) == midnight


def test_what_is_left_of_a_budget_is_shared_among_people() -> None:
    assert about(12, None, 3) is None
    assert about(12, 28, 1) == 40
    assert about(12, 28, 3) == 22
    assert about(0, 5, 0) == 5


@pytest.mark.parametrize(
    ("answer", "state", "possible"),
    [
        (Answer.CLASS, QueryState.OPEN, True),
        (Answer.CLASS, QueryState.SETTLED, True),
        (Answer.CLASS, QueryState.WITHDRAWN, False),
        (Answer.SKIP, QueryState.OPEN, True),
        (Answer.SKIP, QueryState.SETTLED, False),
        (Answer.SKIP, QueryState.WITHDRAWN, True),
    ],
)
def test_an_answer_can_be_changed_while_its_query_takes_another(
    answer: Answer, state: QueryState, possible: bool
) -> None:
    assert changeable(answer, state) is possible


@on_both_databases
def test_the_curve_is_told_since_the_person_began(desk: Desk) -> None:
    make, project = desk.make, desk.project
    began = now()
    make.round(project, created_at=began - timedelta(hours=2), holdout_right=80, holdout_count=100)
    make.round(project, created_at=began - timedelta(hours=1), holdout_right=85, holdout_count=100)
    query = make.query(project)
    make.label(query, desk.ann, Answer.UNRECOGNIZABLE, received_at=began)
    make.round(project, created_at=began + timedelta(hours=1), holdout_right=90, holdout_count=100)
    make.round(project, created_at=began + timedelta(hours=2))
    with database.reading() as session:
        seen = progress_service.progress(
            session, actor_of(desk.ann), project.id, utc_offset_minutes=0
        )
        other = progress_service.progress(
            session, actor_of(desk.bob), project.id, utc_offset_minutes=0
        )
    assert seen.curve is not None
    assert (seen.curve.before.right, seen.curve.after.right) == (85, 90)
    assert other.curve is None


@on_both_databases
def test_the_learning_curve_says_which_answers_are_ones_own(desk: Desk) -> None:
    make, project = desk.make, desk.project
    began = now()
    for hour, right in ((0, 80), (2, 85), (4, None), (6, 90)):
        make.round(
            project,
            created_at=began + timedelta(hours=hour),
            answers=10 * hour,
            holdout_right=right,
            holdout_count=None if right is None else 100,
        )
    for hour, answer in (
        (1, Answer.WALK),
        (3, Answer.UNRECOGNIZABLE),
        (3, Answer.SKIP),
        (7, Answer.PAIR),
    ):
        at = began + timedelta(hours=hour)
        make.label(make.query(project), desk.ann, answer, received_at=at)
    make.label(
        make.query(project), desk.ann, Answer.UNRECOGNIZABLE, received_at=began, undone_at=began
    )
    with database.reading() as session:
        own = progress_service.curve(session, actor_of(desk.ann), project.id).points
        others = progress_service.curve(session, actor_of(desk.bob), project.id).points
    assert [(each.answers, each.own, each.right) for each in own] == [
        (0, 0, 80),
        (20, 1, 85),
        (60, 2, 90),
    ]
    assert [each.own for each in others] == [0, 0, 0]


@on_both_databases
def test_a_walk_and_a_pair_are_answers_like_all_others(desk: Desk) -> None:
    for answer in (Answer.WALK, Answer.PAIR, Answer.UNRECOGNIZABLE, Answer.SKIP):
        desk.make.label(desk.make.query(desk.project), desk.ann, answer)
    with database.reading() as session:
        seen = progress_service.progress(
            session, actor_of(desk.ann), desk.project.id, utc_offset_minutes=0
        )
    assert (seen.answers_total, seen.answers_today, seen.skips_total) == (3, 3, 1)


@on_both_databases
def test_the_history_keeps_the_order_of_answers_that_came_together(desk: Desk) -> None:
    queries = desk.queries(8)
    desk.send(desk.ann, *(desk.answer(query) for query in queries))
    with database.reading() as session:
        seen = progress_service.progress(
            session, actor_of(desk.ann), desk.project.id, utc_offset_minutes=0
        )
    assert [each.query_id for each in seen.history] == queries[::-1]
