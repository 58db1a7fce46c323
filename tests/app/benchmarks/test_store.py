"""The audit after a measurement sees each broken promise, and nothing where all is well."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.benchmarks import store
from app.benchmarks.store import Truth
from app.tables import Label, Project, Query
from app.words import QueryState, StageKind, StageState
from tests.factories import Factory

WELL = Truth(labels=2, doubled=0, over=0, miscounted=0)


@pytest.fixture
def project(make: Factory) -> Project:
    """A query with its two answers, and one that waits."""
    made = make.project()
    query = make.query(made, overlap=2, accepted=2, state=QueryState.SETTLED)
    make.query(made)
    for _ in range(2):
        _answer(make, query)
    return made


def _answer(make: Factory, query: Query) -> Label:
    label = Label(
        id=str(uuid4()),
        project_id=query.project_id,
        query_id=query.id,
        user_id=make.user().id,
        answer="unrecognizable",
    )
    make.session.add(label)
    make.session.commit()
    return label


def _query(session: Session, project: Project) -> Query:
    return session.query(Query).filter_by(project_id=project.id, overlap=2).one()


@pytest.mark.parametrize(
    ("state", "share", "trains", "settled"),
    [
        (StageState.QUEUED, 0.0, False, False),
        (StageState.RUNNING, 0.0, False, False),
        (StageState.RUNNING, 0.1, True, False),
        (StageState.DONE, 1.0, False, True),
    ],
)
def test_a_stage_says_whether_the_machine_trains_or_is_through(
    session: Session, make: Factory, state: StageState, share: float, *, trains: bool, settled: bool
) -> None:
    project = make.project()
    assert not store.settled_down(session, project.id)
    make.stage(project, StageKind.LEARN_FEATURES, state=state, share=share)
    assert store.trains(session, project.id) is trains
    assert store.settled_down(session, project.id) is settled


def test_where_all_is_well_nothing_is_found(session: Session, project: Project) -> None:
    assert store.truth(session, project.id) == WELL


def test_an_answer_too_many_is_found(session: Session, make: Factory, project: Project) -> None:
    _answer(make, _query(session, project))
    assert store.truth(session, project.id) == Truth(3, doubled=0, over=1, miscounted=1)


def test_an_answer_that_is_gone_is_found(session: Session, project: Project) -> None:
    session.delete(session.query(Label).first())
    session.commit()
    assert store.truth(session, project.id) == Truth(1, doubled=0, over=0, miscounted=1)


def test_a_person_who_answered_twice_is_found(
    session: Session, make: Factory, project: Project
) -> None:
    session.execute(text("DROP INDEX labels_once"))
    query = _query(session, project)
    first = session.query(Label).filter_by(query_id=query.id).first()
    assert first
    _answer(make, query).user_id = first.user_id
    session.commit()
    assert store.truth(session, project.id) == Truth(3, doubled=1, over=1, miscounted=1)


def test_a_query_that_stays_open_with_all_its_answers_is_found(
    session: Session, project: Project
) -> None:
    _query(session, project).state = QueryState.OPEN
    session.commit()
    assert store.truth(session, project.id).miscounted == 1
