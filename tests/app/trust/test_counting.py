"""How much an outcome teaches: by whom it was said, and who said otherwise."""

from __future__ import annotations

import pytest

from app.tables import Reliability
from app.trust import counting, counting_store
from app.words import Answer, Outcome, QueryState, Source
from tests.app.projects.conftest import on_both_databases
from tests.factories import Factory


@pytest.mark.parametrize(
    ("agreed", "differed", "weights", "count"),
    [
        ([1], [], {}, 1.0),
        ([1, 2, 3], [], {}, 1.0),
        ([1], [], {1: 0.3}, 0.3),
        ([1, 2], [], {1: 0.3, 2: 0.3}, 0.6),
        ([1, 2], [3], {}, 0.6667),
        ([1, 2], [3], {3: 0.1}, 0.9524),
        ([1], [2], {}, 0.5),
        ([], [1, 2], {}, 0.05),
    ],
    ids=[
        "one trusted person",
        "three who agree",
        "one doubted person",
        "two doubted people",
        "two against one",
        "two against one who is doubted",
        "one against one",
        "nobody said so",
    ],
)
def test_an_outcome_counts_what_stands_behind_it(
    agreed: list[int], differed: list[int], weights: dict[int, float], count: float
) -> None:
    votes = {**dict.fromkeys(agreed, True), **dict.fromkeys(differed, False)}
    assert counting.counts(votes, weights) == count


@on_both_databases
def test_votes_are_read_where_several_or_somebody_doubted_answered(make: Factory) -> None:
    project = make.project()
    one, other = make.classes(project)[:2]
    anna, bert = make.member(project), make.member(project)
    make.session.add(Reliability(project_id=project.id, user_id=bert.id, weight=0.2, warning="x"))
    settled = {"state": QueryState.SETTLED, "outcome": Outcome.CLASS, "outcome_class_id": one.id}
    alone = make.query(project, accepted=1, **settled)
    doubtful = make.query(project, accepted=1, **settled)
    both = make.query(project, accepted=2, overlap=2, **settled)
    decided = make.query(project, accepted=2, overlap=2, adjudicated_by=anna.id, **settled)
    check = make.query(project, accepted=1, for_user_id=bert.id, source=Source.GOLD, **settled)
    make.label(alone, anna, Answer.CLASS, class_id=one.id)
    make.label(doubtful, bert, Answer.CLASS, class_id=one.id)
    make.label(check, bert, Answer.CLASS, class_id=one.id)
    for query in (both, decided):
        make.label(query, anna, Answer.CLASS, class_id=one.id)
        make.label(query, bert, Answer.CLASS, class_id=other.id)
    make.label(both, make.member(project))
    doubted = counting_store.doubted(make.session, project.id)
    assert doubted == {bert.id: 0.2}
    votes = counting_store.votes(make.session, project.id, doubted)
    assert counting.by_query(votes, doubted) == {doubtful.id: 0.2, both.id: 0.8333}
