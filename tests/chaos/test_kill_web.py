"""kill -9 of the web process while people label: what was acknowledged is there, exactly once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Config
from app.tables import Budget, Claim, Label, Project, Query
from app.words import Answer, QueryState, Role
from tests.chaos.annotators import Annotator, at_work
from tests.deployment import deployment, eventually
from tests.factories import Factory

pytestmark = pytest.mark.services
on_both = pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)

QUERIES, OVERLAP, KILLS = 400, 2, 4


@on_both
def test_every_acknowledged_answer_survives_the_death_of_the_web_process(
    config: Config, session: Session, make: Factory, database_url: str
) -> None:
    project = _project(session, make)
    with deployment(config.data, database_url) as made:
        tokens = [make.token(make.member(project, Role.ANNOTATOR)) for _ in range(4)]
        annotators = [
            Annotator([made.url], token, project.id, seed) for seed, token in enumerate(tokens)
        ]
        made.start_web()
        with at_work(annotators):
            for _ in range(KILLS):
                _wait_for_answers(annotators, _acknowledged(annotators) + 25)
                made.kill("serve")
                made.start_web()
    session.rollback()
    assert sum(each.cut_off for each in annotators) >= KILLS
    _each_answer_counts_once(session, annotators)
    _no_query_is_over_answered(session)
    _the_budget_is_what_was_answered(session, project)


def _project(session: Session, make: Factory) -> Project:
    project = make.project()
    round_id = make.round(project).id
    image_ids = [make.image(project).id for _ in range(QUERIES)]
    session.add_all(
        Query(
            project_id=project.id,
            round_id=round_id,
            image_id=image_id,
            source="pool",
            overlap=OVERLAP,
        )
        for image_id in image_ids
    )
    session.commit()
    return project


def _wait_for_answers(annotators: Sequence[Annotator], count: int) -> None:
    eventually(lambda: _acknowledged(annotators) >= count, what=f"answer {count}")


def _acknowledged(annotators: Sequence[Annotator]) -> int:
    return sum(len(each.acknowledged) for each in annotators)


def _each_answer_counts_once(session: Session, annotators: Sequence[Annotator]) -> None:
    stored = {label.id: label for label in session.scalars(select(Label))}
    for annotator in annotators:
        for label_id, answer in annotator.acknowledged.items():
            label = stored.pop(label_id)
            assert (label.query_id, label.answer) == (answer["query_id"], answer["answer"])
            assert label.class_id == answer.get("class")
            assert label.undone_at is None
        assert not stored.keys() & annotator.refused.keys()
    unsure = {label_id for annotator in annotators for label_id in annotator.given_up}
    assert stored.keys() <= unsure


def _no_query_is_over_answered(session: Session) -> None:
    labels = session.scalars(select(Label)).all()
    pairs = Counter((label.query_id, label.user_id) for label in labels)
    assert set(pairs.values()) == {1}
    answers = Counter(label.query_id for label in labels if label.answer is not Answer.SKIP)
    used = Counter(session.scalars(select(Claim.query_id).where(Claim.expires_at.is_(None))))
    for query in session.scalars(select(Query)):
        assert query.accepted == answers[query.id] == used[query.id] <= OVERLAP
        if query.state is not QueryState.WITHDRAWN:
            assert (query.state is QueryState.SETTLED) == (query.accepted == OVERLAP)


def _the_budget_is_what_was_answered(session: Session, project: Project) -> None:
    labels = session.scalars(select(Label).where(Label.undone_at.is_(None))).all()
    counted = sum(label.answer is not Answer.SKIP for label in labels)
    assert session.get_one(Budget, project.id).answers_spent == counted > 4 * 25
