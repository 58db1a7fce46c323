"""Judging what was sent: verdicts, queries, the budget, and a worker that dies in between."""

from __future__ import annotations

from io import BytesIO

import pytest
from sqlalchemy import func, select
from starlette.datastructures import UploadFile

from app import artifacts
from app.bodies import body_of
from app.projects.settings import Mix, Part, ProjectSettings
from app.rounds import materials, stages
from app.rounds.reconcile import what_posing_rests_on
from app.rounds.replaying import NotSynthesized, replay
from app.streams import service, store
from app.streams.schemas import StreamItem
from app.tables import Budget, Image, Project, Query, Stage, Stream, StreamImage
from app.words import Origin, ProjectState, QueryState, Source, StageKind, StageState, StreamVerdict
from tests.app.rounds.conftest import Classroom
from tests.app.streams.conftest import strangers

pytestmark = pytest.mark.slow

JUDGE, POSE = StageKind.JUDGE_STREAM, StageKind.FIT_AND_POSE


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "PATIENCE_SECONDS", 0.0)


def send(room: Classroom, contents: list[bytes], *, first: int = 0) -> list[StreamItem]:
    room.session.rollback()
    sent = [
        (f"id-{first + n}", UploadFile(BytesIO(content), size=len(content)))
        for n, content in enumerate(contents)
    ]
    return service.send(room.project.id, sent).items


def shown(room: Classroom, number: int) -> StreamItem:
    room.session.rollback()
    return service.item(room.session, room.project.id, f"id-{number}")


def every(room: Classroom) -> list[StreamImage]:
    room.session.rollback()
    statement = select(StreamImage).order_by(StreamImage.id)
    return list(room.session.scalars(statement.execution_options(populate_existing=True)))


def choose(room: Classroom, name: str, **options: float) -> None:
    project = room.session.get_one(Project, room.project.id)
    settings = ProjectSettings(**project.settings)
    chosen = settings.model_copy(update={"stream": Part(name=name, options=options)})
    project.settings = chosen.model_dump(mode="json")
    room.session.commit()


def test_what_was_sent_is_asked_or_let_go_and_says_why(taught: Classroom) -> None:
    choose(taught, "variable_uncertainty", share=0.2, lately=10)
    sent = send(taught, strangers(taught, 12))
    assert {each.reason for each in sent} == {"in_line"}
    taught.turn(JUDGE)
    rows = every(taught)
    assert {row.verdict for row in rows} == {StreamVerdict.ASKED, StreamVerdict.LET_GO}
    for number, row in enumerate(rows):
        told = shown(taught, number)
        assert told.detail
        assert told.certainty is not None
        assert row.judged_at is not None
        assert (told.query_id is not None) is (told.verdict is StreamVerdict.ASKED)


def test_what_is_asked_becomes_a_query_that_teaches_the_learner(taught: Classroom) -> None:
    choose(taught, "variable_uncertainty", share=1.0, lately=100_000)
    send(taught, strangers(taught, 3))
    taught.turn(JUDGE)
    queries = [q for q in taught.open_queries() if q.source is Source.STREAM]
    assert len(queries) == 3
    for query in queries:
        image = taught.session.get_one(Image, query.image_id)
        assert image.origin is Origin.STREAM
        assert query.margin is not None
        assert query.priority == -query.margin
        assert query.provenance["strategy"]["name"] == "variable_uncertainty"
        assert query.provenance["reason"] == "uncertain"
    with pytest.raises(NotSynthesized):
        replay(queries[0].id)
    labeled = taught.rounds()[-1].labeled
    taught.answer_all()
    (stage,) = taught.turn(POSE)
    assert stage.state is StageState.DONE
    assert taught.rounds()[-1].labeled >= labeled + 3


def test_without_a_learner_nothing_is_due_and_nothing_is_lost(classroom: Classroom) -> None:
    classroom.turn(POSE)
    sent = send(classroom, strangers(classroom, 2))
    assert {each.reason for each in sent} == {"no_learner"}
    assert classroom.turn(JUDGE) == []
    classroom.answer_all()
    classroom.turn(POSE)
    classroom.turn(JUDGE)
    assert StreamVerdict.WAITING not in {row.verdict for row in every(classroom)}


def test_the_budget_is_never_exceeded(taught: Classroom) -> None:
    choose(taught, "variable_uncertainty", share=1.0, lately=100_000)
    budget = taught.session.get_one(Budget, taught.project.id)
    budget.max_answers = budget.answers_spent + len(taught.open_queries()) + 2
    taught.session.commit()
    send(taught, strangers(taught, 5))
    taught.turn(JUDGE)
    reasons = [row.reason for row in every(taught)]
    assert reasons.count("budget_spent") == 3
    assert len([q for q in taught.open_queries() if q.source is Source.STREAM]) == 2


def test_verdicts_do_not_depend_on_who_judges_or_how_many_at_a_time(
    taught: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(taught, "split", share=0.3, lately=10, random=0.5)
    contents = strangers(taught, 10)
    send(taught, contents)
    taught.turn(JUDGE)
    at_once = [(row.verdict, row.reason, row.threshold) for row in every(taught)]
    _forget_stream(taught)
    monkeypatch.setattr("app.streams.judging.AT_ONCE", 1)
    send(taught, contents)
    for _ in contents:
        materials.forget()
        taught.turn(JUDGE)
    assert [(row.verdict, row.reason, row.threshold) for row in every(taught)] == at_once


def _forget_stream(room: Classroom) -> None:
    for table in (StreamImage, Stream, Stage):
        for row in room.session.scalars(select(table)):
            if table is not Stage or row.kind is JUDGE:  # type: ignore[attr-defined]
                room.session.delete(row)
    for query in room.session.scalars(select(Query).where(Query.source == Source.STREAM)):
        room.session.delete(query)
    room.session.flush()
    for image in room.session.scalars(select(Image).where(Image.origin == Origin.STREAM)):
        room.session.delete(image)
    room.session.commit()


def test_density_looks_at_the_images_that_came_before(taught: Classroom) -> None:
    choose(taught, "stream_density", share=0.9, window=5)
    send(taught, strangers(taught, 8))
    taught.turn(JUDGE)
    kept = taught.session.scalars(select(Stream)).one()
    assert len(kept.state["nearest"]) == 5
    assert every(taught)[0].reason == "sparse"
    send(taught, strangers(taught, 12)[8:], first=8)
    taught.turn(JUDGE)
    assert taught.session.get_one(Stream, taught.project.id, populate_existing=True).state[
        "arrived"
    ] == len(every(taught))


def test_a_stage_that_was_taken_over_writes_nothing(
    taught: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(taught, strangers(taught, 2))

    def dies(*_: object, **__: object) -> None:
        raise RuntimeError("the worker is gone")

    with monkeypatch.context() as patch:
        patch.setattr(store, "set_state", dies)
        taught.turn(JUDGE)
    assert {row.verdict for row in every(taught)} == {StreamVerdict.WAITING}
    assert not [q for q in taught.open_queries() if q.source is Source.STREAM]
    stage = taught.session.scalars(select(Stage).where(Stage.kind == JUDGE)).one()
    stage.state, stage.final = StageState.QUEUED, False
    taught.session.commit()
    stages.run(stage.id, worker_id="another", body_of=body_of)
    assert StreamVerdict.WAITING not in {row.verdict for row in every(taught)}


def test_a_stored_file_that_is_gone_does_not_hold_the_others_up(taught: Classroom) -> None:
    send(taught, strangers(taught, 2))
    first = taught.session.get_one(Image, every(taught)[0].image_id)
    artifacts.delete(artifacts.image_name(first.sha256))
    taught.turn(JUDGE)
    assert every(taught)[0].reason == "image_gone"
    assert every(taught)[1].certainty is not None


def test_another_strategy_or_a_damaged_state_begins_anew(taught: Classroom) -> None:
    contents = strangers(taught, 4)
    choose(taught, "fixed_uncertainty")
    send(taught, contents[:2])
    taught.turn(JUDGE)
    choose(taught, "split")
    send(taught, contents[2:3], first=2)
    taught.turn(JUDGE)
    kept = taught.session.get_one(Stream, taught.project.id, populate_existing=True)
    assert (kept.strategy, kept.state["arrived"]) == ("split", 1)
    kept.state = {"arrived": "many"}
    taught.session.commit()
    send(taught, contents[3:], first=3)
    taught.turn(JUDGE)
    kept = taught.session.get_one(Stream, taught.project.id, populate_existing=True)
    assert kept.state["arrived"] == 1


def test_one_row_of_finished_stages_is_kept(taught: Classroom) -> None:
    for number, content in enumerate(strangers(taught, 3)):
        send(taught, [content], first=number)
        taught.turn(JUDGE)
    kept = taught.session.scalar(select(func.count()).select_from(Stage).where(Stage.kind == JUDGE))
    assert kept == 1


@pytest.mark.parametrize(
    ("sent", "state"),
    [(0, ProjectState.FINISHED), (1, ProjectState.RUNNING)],
    ids=["nothing sent", "one image sent"],
)
def test_a_project_that_takes_a_stream_does_not_finish_by_itself(
    taught: Classroom, sent: int, state: ProjectState
) -> None:
    leave_nothing_to_learn(taught)
    send(taught, strangers(taught, sent))
    taught.turn(StageKind.LEARN_FEATURES, JUDGE)
    use_up(taught)
    taught.turn(JUDGE)
    project = taught.session.get_one(Project, taught.project.id, populate_existing=True)
    assert project.state is state


def leave_nothing_to_learn(room: Classroom) -> None:
    """Set the project to pixels and the pool alone, which need no training."""
    project = room.session.get_one(Project, room.project.id)
    chosen = {"features": Part(name="pixels"), "mix": Mix(synthesized=0, pool=1, explore=0)}
    settings = ProjectSettings(**project.settings).model_copy(update=chosen)
    project.settings = settings.model_dump(mode="json")
    room.session.commit()


def use_up(room: Classroom) -> None:
    """Leave nothing open, and note that the last round found nothing more to ask."""
    latest = room.rounds()[-1]
    project = room.session.get_one(Project, room.project.id)
    pool = room.session.scalar(
        select(func.count()).select_from(Image).where(Image.origin == Origin.POOL)
    )
    latest.facts = {**latest.facts, "exhausted": what_posing_rests_on(project, pool or 0, None)}
    for query in room.open_queries():
        query.state = QueryState.WITHDRAWN
    room.session.commit()


def test_the_verdict_comes_with_the_answer_when_a_worker_is_there(
    taught: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "PATIENCE_SECONDS", 5.0)
    monkeypatch.setattr(service, "wake", lambda _: taught.turn(JUDGE))
    (told,) = send(taught, strangers(taught, 1))
    assert told.verdict in (StreamVerdict.ASKED, StreamVerdict.LET_GO)
