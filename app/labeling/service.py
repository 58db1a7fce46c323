"""The rules of answering: take answers, let queries settle, take answers back.

Knows who answers and what may happen when; statements are in the stores, pure rules in `claims`
and `consensus`. Flushes, never commits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.orm import Session

from app.accounts import auth
from app.accounts.auth import Actor
from app.errors import AppError
from app.labeling import answers_store, claims, consensus, store
from app.labeling.errors import (
    AlreadyAnswered,
    ArchivedClass,
    BadAnswer,
    BudgetSpent,
    ForeignClass,
    IdReused,
    QueryClosed,
    TooManyAnswers,
    UnknownLabel,
    UnknownQuery,
)
from app.labeling.schemas import (
    AnswerIn,
    AnswerVerdict,
    Problem,
    Undone,
    Verdict,
)
from app.tables import Label, Query, now
from app.words import Answer, QueryState, Role

#: One list of answers; a browser that was offline for long sends several.
MOST_ANSWERS = 200


def record(session: Session, actor: Actor, answers: Sequence[object]) -> list[AnswerVerdict]:
    """Take answers; each gets its own verdict, and a bad one never blocks the others."""
    if len(answers) > MOST_ANSWERS:
        raise TooManyAnswers
    readings = [_read(each) for each in answers]
    projects = _lock(session, actor, readings)
    return [
        _judge(session, actor, projects, raw=raw, answer=reading)
        for raw, reading in zip(answers, readings, strict=True)
    ]


def _read(raw: object) -> AnswerIn | BadAnswer:
    try:
        return AnswerIn.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        return BadAnswer(f"{field}: {first['msg']}." if field else f"{first['msg']}.")


def _lock(
    session: Session, actor: Actor, readings: Iterable[AnswerIn | BadAnswer]
) -> dict[int, int]:
    """Lock what the answers are about and return the project of each query that is in reach."""
    query_ids = {each.query_id for each in readings if isinstance(each, AnswerIn)}
    projects = answers_store.projects_of(session, sorted(query_ids))
    reach = {each for each in projects.values() if auth.role_in(session, actor, each) is not None}
    for project_id in sorted(reach):
        store.lock_project(session, project_id)
    in_reach = {query: project for query, project in projects.items() if project in reach}
    answers_store.lock_queries(session, list(in_reach))
    return in_reach


def _judge(
    session: Session,
    actor: Actor,
    projects: dict[int, int],
    *,
    raw: object,
    answer: AnswerIn | BadAnswer,
) -> AnswerVerdict:
    """Take one answer within a savepoint of its own and say what became of it."""
    if isinstance(answer, BadAnswer):
        return AnswerVerdict(id=_id_of(raw), verdict=Verdict.REFUSED, problem=_problem(answer))
    verdict = AnswerVerdict(id=str(answer.id), query_id=answer.query_id, verdict=Verdict.STORED)
    try:
        if answer.query_id not in projects:
            raise UnknownQuery
        with session.begin_nested():
            verdict.verdict = _take(session, actor, answer, projects[answer.query_id])
        verdict.project_id = projects[answer.query_id]
    except QueryClosed as error:
        verdict.verdict, verdict.problem = Verdict.CLOSED, _problem(error)
    except AppError as error:
        verdict.verdict, verdict.problem = Verdict.REFUSED, _problem(error)
    return verdict


def _id_of(raw: object) -> str | None:
    """Return the id of an answer that cannot be read, so that its sender knows which it was."""
    given = raw.get("id") if isinstance(raw, dict) else None
    return given[:100] if isinstance(given, str) else None


def _problem(error: AppError) -> Problem:
    return Problem(slug=error.slug, detail=error.detail)


def _take(session: Session, actor: Actor, answer: AnswerIn, project_id: int) -> Verdict:
    earlier = answers_store.label(session, str(answer.id))
    if earlier is not None:
        return _repeat(earlier, actor, answer)
    _check_class(session, answer, project_id)
    query = answers_store.query(session, answer.query_id)
    if query is None or query.state is not QueryState.OPEN:
        raise QueryClosed
    if answers_store.has_answered(session, query.id, actor.user_id):
        raise AlreadyAnswered
    label = Label(
        id=str(answer.id),
        project_id=project_id,
        query_id=query.id,
        user_id=actor.user_id,
        answer=answer.answer,
        class_id=answer.class_,
        duration_ms=int(answer.duration_ms),
        received_at=now(),
    )
    if not answers_store.add_label(session, label):
        raise IdReused
    if answer.answer is Answer.SKIP:
        _skip(session, actor, query)
    else:
        _count(session, actor, query)
    return Verdict.STORED


def _repeat(earlier: Label, actor: Actor, answer: AnswerIn) -> Verdict:
    """Answer like the first time, if it is the same answer by the same person."""
    before = (earlier.user_id, earlier.query_id, earlier.answer, earlier.class_id)
    if before != (actor.user_id, answer.query_id, answer.answer, answer.class_):
        raise IdReused
    return Verdict.REPEATED


def _check_class(session: Session, answer: AnswerIn, project_id: int) -> None:
    if answer.class_ is None:
        return
    found = store.find_class(session, answer.class_)
    if found is None or found.project_id != project_id:
        raise ForeignClass
    if found.archived_at is not None:
        raise ArchivedClass


def _count(session: Session, actor: Actor, query: Query) -> None:
    """Let an answer count: in the budget, in a slot, in the query, and in its outcome."""
    if not answers_store.spend(session, query.project_id):
        raise BudgetSpent
    if not answers_store.use_slot(session, query, actor.user_id):
        raise QueryClosed
    accepted = answers_store.accept(session, query.id)
    if accepted is None:
        raise QueryClosed
    if accepted == query.overlap:
        settlement = consensus.settle(answers_store.answers_to(session, query.id))
        answers_store.settle(session, query.id, settlement, at=now())


def _skip(session: Session, actor: Actor, query: Query) -> None:
    """Give the slot to somebody else, unless too many people would rather not answer."""
    answers_store.give_slot_back(session, query.id, actor.user_id)
    skips = answers_store.count_skip(session, query.id, by=1)
    if claims.withdraws(skips, store.people_who_label(session, query.project_id)):
        answers_store.withdraw(session, query.id)


def undo(session: Session, actor: Actor, label_id: str) -> Undone:
    """Take one of the actor's own labels back; a second time changes nothing."""
    label = answers_store.label(session, _canonical(label_id))
    if label is None or label.user_id != actor.user_id:
        raise UnknownLabel
    auth.require_member(session, actor, label.project_id, Role.ANNOTATOR)
    store.lock_project(session, label.project_id)
    answers_store.lock_queries(session, [label.query_id])
    if answers_store.mark_undone(session, label.id, at=now()):
        _uncount(session, actor, label)
    query = answers_store.query(session, label.query_id)
    is_open = query is not None and query.state is QueryState.OPEN
    return Undone(id=label.id, query_id=label.query_id, open=is_open, project_id=label.project_id)


def _canonical(label_id: str) -> str:
    try:
        return str(UUID(label_id))
    except ValueError:
        raise UnknownLabel from None


def _uncount(session: Session, actor: Actor, label: Label) -> None:
    """Undo what the label did: to the budget, the slot and the query."""
    query = answers_store.query(session, label.query_id)
    if query is None:
        return
    if label.answer is Answer.SKIP:
        people = store.people_who_label(session, query.project_id)
        by_skips = query.state is QueryState.WITHDRAWN and claims.withdraws(query.skips, people)
        answers_store.count_skip(session, query.id, by=-1)
        if by_skips:
            answers_store.reopen(session, query.id)
        return
    answers_store.count_one_less(session, query.id)
    answers_store.refund(session, query.project_id)
    answers_store.give_slot_back(session, query.id, actor.user_id)
    if query.state is QueryState.SETTLED:
        answers_store.reopen(session, query.id)
