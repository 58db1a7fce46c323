"""The rules of adjudication: where people disagree, a lead decides or has somebody else asked.

Labels stay as they are: what is decided is the outcome. Flushes, never commits.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.labeling import answers_store, consensus
from app.labeling import store as labeling_store
from app.labeling.consensus import Rule
from app.labeling.errors import ArchivedClass, ForeignClass
from app.projects import audit
from app.tables import Query, now
from app.trust import disputes_store as store
from app.trust import store as trust_store
from app.trust.errors import (
    NobodyElse,
    NotDecided,
    NothingLeftToSpend,
    NothingToDecide,
    StillOpen,
)
from app.trust.schemas import Decided, Decision, Dispute, DisputePage, Vote
from app.words import Answer, Origin, Outcome, QueryState

#: The largest overlap that settings allow.
MOST_LABELS = 9


def page(session: Session, project_id: int, *, after: int, limit: int) -> DisputePage:
    """List what waits for a decision, the oldest first."""
    rows = store.disputes(session, project_id, after=after, limit=limit + 1)
    shown = rows[:limit]
    votes: dict[int, list[Vote]] = {}
    for row in store.votes(session, [query.id for query, _, _ in shown]):
        votes.setdefault(row.query_id, []).append(Vote.model_validate(row._mapping))
    people = trust_store.people(session, project_id)
    items = [
        Dispute(
            id=query.id,
            round=number,
            image_url=f"/images/{image.sha256}.png",
            imagined=image.origin is Origin.SYNTHESIZED,
            votes=votes.get(query.id, []),
            may_ask=_may_ask(query, people, {vote.user_id for vote in votes.get(query.id, [])}),
        )
        for query, image, number in shown
    ]
    return DisputePage(
        items=items,
        total=store.count(session, project_id),
        next=items[-1].id if len(rows) > limit else None,
    )


def decide(
    session: Session, project_id: int, query_id: int, decision: Decision, *, by: int
) -> Decided:
    """Let a settled query mean what a lead says; no later label or assessment changes it."""
    query, _ = _locked(session, project_id, query_id)
    name = _class_name(session, project_id, decision.class_)
    query.outcome, query.outcome_class_id = Outcome(decision.answer.value), decision.class_
    query.adjudicated_by, query.settled_at = by, now()
    audit.note(session, "query.decided", project_id=project_id, by=by, query=query_id, outcome=name)
    session.flush()
    return _shown(query)


def take_back(session: Session, project_id: int, query_id: int, *, by: int) -> Decided:
    """Take a decision back: the query means again what its labels say."""
    query, _ = _locked(session, project_id, query_id)
    if query.adjudicated_by is None:
        raise NotDecided
    rows = store.votes(session, [query_id])
    rule = answers_store.rules(session, [project_id]).get(project_id, Rule())
    query.adjudicated_by, query.settled_at = None, now()
    if len(rows) < query.overlap:
        _open(query)  # a label was taken back meanwhile
    else:
        said = [(row.answer, row.class_id) for row in rows]
        settled = consensus.settle(said, rule.weigh([row.user_id for row in rows]))
        query.outcome, query.outcome_class_id = settled.outcome, settled.class_id
    audit.note(session, "query.undecided", project_id=project_id, by=by, query=query_id)
    session.flush()
    return _shown(query)


def ask_another(session: Session, project_id: int, query_id: int, *, by: int) -> Decided:
    """Have one more person asked, if there is one and the budget pays."""
    query, left = _locked(session, project_id, query_id)
    answered = {row.user_id for row in store.votes(session, [query_id])}
    if not _may_ask(query, trust_store.people(session, project_id), answered):
        raise NobodyElse
    if left == 0:
        raise NothingLeftToSpend
    query.overlap += 1
    query.adjudicated_by = None
    _open(query)
    audit.note(session, "query.reopened", project_id=project_id, by=by, query=query_id)
    session.flush()
    return _shown(query)


def _locked(session: Session, project_id: int, query_id: int) -> tuple[Query, int | None]:
    """Find a settled query and let no answer come in between; and what the budget leaves."""
    left = labeling_store.lock_projects(session, [project_id])[project_id]
    query = store.query(session, project_id, query_id)
    if query is None:
        raise NothingToDecide
    if query.state is not QueryState.SETTLED:
        raise StillOpen
    return query, left


def _class_name(session: Session, project_id: int, class_id: int | None) -> str:
    if class_id is None:
        return str(Answer.UNRECOGNIZABLE)
    found = store.project_class(session, class_id)
    if found is None or found.project_id != project_id:
        raise ForeignClass
    if found.archived_at is not None:
        raise ArchivedClass
    return found.name


def _may_ask(query: Query, people: set[int], answered: set[int]) -> bool:
    return query.overlap < MOST_LABELS and bool(people - answered)


def _open(query: Query) -> None:
    query.state, query.settled_at = QueryState.OPEN, None
    query.outcome = query.outcome_class_id = None


def _shown(query: Query) -> Decided:
    return Decided(
        id=query.id,
        state=query.state,
        outcome=query.outcome,
        class_id=query.outcome_class_id,
        overlap=query.overlap,
        adjudicated_by=query.adjudicated_by,
    )
