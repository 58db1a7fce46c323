"""What trust reads and writes: labels side by side, checks, reliabilities, outcomes.

Knows tables and statements; what follows from them is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import CursorResult, Row, case, func, select, update
from sqlalchemy.orm import Session, aliased

from app import database
from app.tables import Label, Membership, Query, Reliability, Stage, User, now
from app.trust.evidence import Evidence, Finding
from app.words import Answer, Outcome, QueryState, Source, StageKind, StageState, Way

#: So many of the latest queries are compared; what is older says little about people today.
LATEST = 3000
_COUNTS = (Answer.CLASS, Answer.UNRECOGNIZABLE)


class Given(NamedTuple):
    """One label that counts."""

    query_id: int
    user_id: int
    answer: Answer
    class_id: int | None


def labels_side_by_side(session: Session, project_id: int) -> list[Given]:
    """List the labels of the latest queries that everybody could have answered."""
    latest = (
        select(Query.id)
        .where(
            Query.project_id == project_id,
            Query.accepted > 0,
            Query.for_user_id.is_(None),
            Query.way.in_((Way.SINGLE, Way.GRID)),
        )
        .order_by(Query.id.desc())
        .limit(LATEST)
    )
    rows = session.execute(
        select(Label.query_id, Label.user_id, Label.answer, Label.class_id)
        .where(
            Label.query_id.in_(latest.scalar_subquery()),
            Label.undone_at.is_(None),
            Label.answer.in_(_COUNTS),
        )
        .order_by(Label.query_id, Label.user_id)
    )
    return [Given(*row) for row in rows]


def standing(session: Session, query_ids: Sequence[int]) -> dict[int, Query]:
    """Find queries by id."""
    found: dict[int, Query] = {}
    for start in range(0, len(query_ids), 500):
        part = query_ids[start : start + 500]
        found.update({q.id: q for q in session.scalars(select(Query).where(Query.id.in_(part)))})
    return found


def checks(session: Session, project_id: int) -> dict[int, Evidence]:
    """Count each person's answers to gold and repeats, and how many were as expected."""
    gold = {row.user_id: row for row in _gold(session, project_id)}
    repeats = {row.user_id: row for row in _repeats(session, project_id)}
    return {
        user_id: Evidence(
            gold=gold[user_id].asked if user_id in gold else 0,
            gold_right=int(gold[user_id].right) if user_id in gold else 0,
            repeats=repeats[user_id].asked if user_id in repeats else 0,
            repeats_same=int(repeats[user_id].right) if user_id in repeats else 0,
        )
        for user_id in gold.keys() | repeats.keys()
    }


def _gold(session: Session, project_id: int) -> Sequence[Row[Any]]:
    truth = Query.provenance["truth"].as_integer()
    return session.execute(
        select(
            Label.user_id,
            func.count().label("asked"),
            func.sum(case((Label.class_id == truth, 1), else_=0)).label("right"),
        )
        .join(Query, Query.id == Label.query_id)
        .where(Query.project_id == project_id, Query.source == Source.GOLD, *_counts(Label))
        .group_by(Label.user_id)
    ).all()


def _repeats(session: Session, project_id: int) -> Sequence[Row[Any]]:
    first = aliased(Label)
    same = (Label.answer == first.answer) & (
        func.coalesce(Label.class_id, 0) == func.coalesce(first.class_id, 0)
    )
    return session.execute(
        select(
            Label.user_id,
            func.count().label("asked"),
            func.sum(case((same, 1), else_=0)).label("right"),
        )
        .join(Query, Query.id == Label.query_id)
        .join(first, (first.query_id == Query.repeat_of) & (first.user_id == Label.user_id))
        .where(
            Query.project_id == project_id,
            Query.source == Source.REPEAT,
            *_counts(Label),
            *_counts(first),
        )
        .group_by(Label.user_id)
    ).all()


def _counts(label: Any) -> tuple[Any, ...]:
    return label.undone_at.is_(None), label.answer.in_(_COUNTS)


def save_findings(session: Session, project_id: int, findings: Mapping[int, Finding]) -> None:
    """Keep how far each annotator can be trusted, in place of what was kept before."""
    for user_id, finding in findings.items():
        own = finding.evidence
        values = {
            "weight": finding.weight,
            "warning": str(finding.warning),
            "facts": {
                "gold": own.gold,
                "gold_right": own.gold_right,
                "repeats": own.repeats,
                "repeats_same": own.repeats_same,
                "compared": own.compared,
                "agreed": own.agreed,
                "others_wrong": round(finding.others_wrong, 4),
            },
            "at": now(),
        }
        written = database.upsert(session, Reliability).values(
            project_id=project_id, user_id=user_id, **values
        )
        session.execute(
            written.on_conflict_do_update(index_elements=["project_id", "user_id"], set_=values)
        )


def reliabilities(session: Session, project_id: int) -> dict[int, Reliability]:
    """Return how far each annotator can be trusted, as last assessed."""
    rows = session.scalars(select(Reliability).where(Reliability.project_id == project_id))
    return {row.user_id: row for row in rows}


def set_outcome(session: Session, query: Query, outcome: Outcome, class_id: int | None) -> bool:
    """Change what a query settled on; False when labels or a lead changed it meanwhile."""
    return _change(session, query, outcome=outcome, outcome_class_id=class_id)


def ask_another(session: Session, query: Query) -> bool:
    """Open a settled query for one more label; False when it has changed meanwhile."""
    return _change(
        session,
        query,
        state=QueryState.OPEN,
        overlap=query.overlap + 1,
        outcome=None,
        outcome_class_id=None,
        settled_at=None,
    )


def _change(session: Session, query: Query, **values: Any) -> bool:
    """Change a settled query if it still stands as it was read."""
    done = session.execute(
        update(Query)
        .where(
            Query.id == query.id,
            Query.state == QueryState.SETTLED,
            Query.accepted == query.accepted,
            Query.overlap == query.overlap,
            Query.settled_at == query.settled_at,
            Query.adjudicated_by.is_(None),
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(done, CursorResult)
    return bool(done.rowcount)


def people(session: Session, project_id: int) -> set[int]:
    """Return the members who may sign in."""
    return set(
        session.scalars(
            select(Membership.user_id)
            .join(User, User.id == Membership.user_id)
            .where(Membership.project_id == project_id, User.disabled_at.is_(None))
        )
    )


def assessments(session: Session, project_id: int, *, limit: int) -> Sequence[Stage]:
    """List the stages that compared annotators, newest first."""
    return session.scalars(
        select(Stage)
        .where(
            Stage.project_id == project_id,
            Stage.kind == StageKind.ASSESS,
            Stage.state == StageState.DONE,
        )
        .order_by(Stage.number.desc())
        .limit(limit)
    ).all()


def numbers_of(labels: Iterable[Given]) -> dict[int, dict[int, tuple[str, int | None]]]:
    """Put labels side by side: what each person said, by query."""
    found: dict[int, dict[int, tuple[str, int | None]]] = {}
    for each in labels:
        found.setdefault(each.query_id, {})[each.user_id] = (str(each.answer), each.class_id)
    return found
