"""Assess: who answers how well, what the labels amount to, and which need another look.

A stage of the worker: short read, CROWDLAB and the rule of `evidence`, short write. Knows nothing
of how queries are lent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy.orm import Session

from app import database
from app.labeling import store as labeling_store
from app.projects.settings import Consensus, ProjectSettings
from app.rounds import briefs, fitting
from app.rounds import store as rounds_store
from app.rounds.briefs import Brief
from app.rounds.stages import Turn
from app.tables import Query
from app.trust import choosing, evidence, store
from app.trust.choosing import Candidate
from app.trust.evidence import Evidence, Finding, Said
from app.words import Answer, Outcome, QueryState
from models import agreement, crowd

#: The number that stands for *unrecognizable* where answers are numbers; classes have their ids.
_UNRECOGNIZABLE = -1


@dataclass(frozen=True)
class _Read:
    """All that an assessment rests on."""

    brief: Brief
    votes: dict[int, dict[int, Said]]
    alone: dict[int, Evidence]
    queries: dict[int, Query]
    people: set[int]

    @property
    def settings(self) -> ProjectSettings:
        return self.brief.settings


@dataclass(frozen=True)
class _Weighed:
    """What CROWDLAB says of each query."""

    answers: dict[int, int] = field(default_factory=dict)
    confidence: dict[int, float] = field(default_factory=dict)
    worth: dict[int, float] = field(default_factory=dict)


def assess(turn: Turn) -> None:
    """Judge annotators and, where the settings ask for it, the outcomes of their labels."""
    with database.reading() as session:
        read = _read(session, turn.project_id)
    several = [votes for votes in read.votes.values() if len(votes) > 1]
    answers = len(read.brief.class_ids) + 1
    findings = evidence.assess(read.alone, several, answers=answers)
    weighed = _weigh(read)
    facts = _agreement(read.votes)
    with database.writing() as session:
        left = labeling_store.lock_projects(session, [turn.project_id])[turn.project_id]
        store.save_findings(session, turn.project_id, findings)
        changed = _settle(session, read, weighed)
        asked = _ask(session, read, weighed, left=left)
        turn.finish(
            session,
            message=_message(findings, changed=changed, asked=asked),
            doubted=sum(bool(each.warning) for each in findings.values()),
            changed=changed,
            asked_again=asked,
            **facts,
        )


def _read(session: Session, project_id: int) -> _Read:
    votes = store.numbers_of(store.labels_side_by_side(session, project_id))
    last = rounds_store.newest_round(session, project_id)
    return _Read(
        brief=briefs.read(session, project_id, last.number if last else 0),
        votes=votes,
        alone=store.checks(session, project_id),
        queries=store.standing(session, list(votes)),
        people=store.people(session, project_id),
    )


def _weigh(read: _Read) -> _Weighed:
    """Ask CROWDLAB, if somebody wants to know."""
    wanted = read.settings.consensus is Consensus.CROWDLAB or read.settings.most_overlap > 1
    places = {
        each.query_id: place
        for place, each in enumerate(read.brief.asked)
        if each.outcome is not Outcome.WALK
    }
    rows = [query_id for query_id in read.votes if query_id in places]
    if not wanted or len(rows) < 2:
        return _Weighed()
    vectors = fitting.asked_vectors(read.brief)[[places[query_id] for query_id in rows]]
    found = crowd.consensus(_table({query_id: read.votes[query_id] for query_id in rows}), vectors)
    if found is None:
        return _Weighed()
    return _Weighed(
        dict(zip(rows, found.answers.tolist(), strict=True)),
        dict(zip(rows, found.confidence.tolist(), strict=True)),
        dict(zip(rows, found.worth.tolist(), strict=True)),
    )


def _table(votes: Mapping[int, Mapping[int, Said]]) -> agreement.Table:
    """Write votes as a table (queries, people) of answer numbers."""
    people = sorted({user_id for said in votes.values() for user_id in said})
    column = {user_id: place for place, user_id in enumerate(people)}
    table = np.full((len(votes), len(people)), np.nan)
    for row, said in enumerate(votes.values()):
        for user_id, (_, class_id) in said.items():
            table[row, column[user_id]] = _UNRECOGNIZABLE if class_id is None else class_id
    return table


def _agreement(votes: Mapping[int, Mapping[int, Said]]) -> dict[str, float | int | None]:
    """Measure how far people agree, over the queries that several of them answered."""
    several = {query_id: said for query_id, said in votes.items() if len(said) > 1}
    table = _table(several)
    measures = {
        "alpha": agreement.alpha(table),
        "fleiss": agreement.fleiss(table),
        "cohen": agreement.mean_cohen(table),
    }
    rounded = {name: None if m is None else round(m, 4) for name, m in measures.items()}
    return {**rounded, "compared": len(several)}


def _settle(session: Session, read: _Read, weighed: _Weighed) -> int:
    """Let queries settle on what CROWDLAB says, if it is to decide; returns how many changed."""
    if read.settings.consensus is not Consensus.CROWDLAB:
        return 0
    changed = 0
    for query, confidence in _settled(read, weighed):
        wanted = choosing.outcome(
            list(read.votes[query.id].values()),
            _said(weighed.answers[query.id]),
            confidence,
            classes=len(read.brief.class_ids),
        )
        if wanted != (query.outcome, query.outcome_class_id):
            changed += store.set_outcome(session, query, *wanted)
    return changed


def _said(number: int) -> Said:
    if number == _UNRECOGNIZABLE:
        return str(Answer.UNRECOGNIZABLE), None
    return str(Answer.CLASS), number


def _settled(read: _Read, weighed: _Weighed) -> Iterator[tuple[Query, float]]:
    """Go through settled queries that no lead has decided, with how sure CROWDLAB is of each."""
    for query_id, confidence in weighed.confidence.items():
        query = read.queries[query_id]
        if query.state is QueryState.SETTLED and query.adjudicated_by is None:
            yield query, confidence


def _ask(session: Session, read: _Read, weighed: _Weighed, *, left: int | None) -> int:
    """Open the queries for which another label is worth most; returns how many."""
    most = read.settings.most_overlap
    candidates = [
        Candidate(
            query.id,
            worth=weighed.worth[query.id],
            confidence=confidence,
            labels=query.accepted,
            people_left=len(read.people - read.votes[query.id].keys()),
        )
        for query, confidence in _settled(read, weighed)
        if query.outcome in (Outcome.CLASS, Outcome.UNRECOGNIZABLE, Outcome.DISPUTED)
    ]
    if left is not None:
        _, awaited = rounds_store.open_counts(session, read.brief.project_id)
        left = max(0, left - awaited)
    chosen = choosing.worth_another_label(
        candidates, most=most, count=max(1, read.settings.batch_size // 5), answers_left=left
    )
    return sum(store.ask_another(session, read.queries[query_id]) for query_id in chosen)


def _message(findings: Mapping[int, Finding], *, changed: int, asked: int) -> str:
    doubted = sum(bool(each.warning) for each in findings.values())
    said = [f"{len(findings)} annotators compared, {doubted} unreliable"]
    if changed:
        said.append(f"{changed} outcomes changed")
    if asked:
        said.append(f"{asked} queries asked again")
    return ", ".join(said)
