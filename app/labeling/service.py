"""The rules of answering: take answers, let queries settle, take answers back.

Knows who answers and in which order things happen; what becomes of an answer is decided in
`judging`, statements are in the stores. Flushes, never commits.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.orm import Session

from app.accounts import auth
from app.accounts.auth import Actor
from app.errors import AppError
from app.labeling import answers_store, store
from app.labeling.errors import BadAnswer, QueryClosed, TooManyAnswers, UnknownLabel
from app.labeling.judging import Bench, Wallet
from app.labeling.schemas import AnswerIn, AnswerVerdict, Problem, Undone, Verdict
from app.tables import Label, now
from app.words import Answer, QueryState, Role

#: One list of answers; a browser that was offline for long sends several.
MOST_ANSWERS = 200


@dataclass(frozen=True)
class Sent:
    """A list of answers, as one person sent it."""

    answers: Sequence[object]
    #: Each read, or why it cannot be.
    readings: Sequence[AnswerIn | BadAnswer]


def read(answers: Sequence[object]) -> Sent:
    """Read a list of answers; a bad one never blocks the others."""
    if len(answers) > MOST_ANSWERS:
        raise TooManyAnswers
    return Sent(answers, [_read(each) for each in answers])


def _read(raw: object) -> AnswerIn | BadAnswer:
    try:
        return AnswerIn.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        return BadAnswer(f"{field}: {first['msg']}." if field else f"{first['msg']}.")


def record(session: Session, lists: Sequence[tuple[Actor, Sent]]) -> list[list[AnswerVerdict]]:
    """Take lists of answers, of several people at once; each answer gets its own verdict."""
    bench = _bench(session, lists)
    verdicts = [
        [
            _judge(bench, actor, raw=raw, answer=reading)
            for raw, reading in zip(sent.answers, sent.readings, strict=True)
        ]
        for actor, sent in lists
    ]
    changed = [bench.queries[query_id] for query_id in sorted(bench.changed)]
    answers_store.add_labels(session, bench.taken, at=bench.at)
    answers_store.change_slots(session, changed)
    answers_store.change_queries(session, changed)
    answers_store.spend(session, bench.wallets)
    return verdicts


def _bench(session: Session, lists: Sequence[tuple[Actor, Sent]]) -> Bench:
    """Lock what the answers are about and read everything that decides about them."""
    answers = [each for _, sent in lists for each in sent.readings if isinstance(each, AnswerIn)]
    actors = {actor for actor, _ in lists}
    projects = answers_store.projects_of(session, {each.query_id for each in answers})
    reach = auth.reach(session, actors, set(projects.values()))
    within = {project_id for _, project_id in reach}
    query_ids = {query_id for query_id, project_id in projects.items() if project_id in within}
    left = store.lock_projects(session, within)
    answers_store.lock_queries(session, query_ids)
    queries = answers_store.standing(session, query_ids)
    shared = {each.project_id for each in queries.values() if each.overlap > 1}
    return Bench(
        queries=queries,
        wallets={project_id: Wallet(each) for project_id, each in left.items()},
        reach=reach,
        classes=answers_store.named_classes(session, {e.class_ for e in answers if e.class_}),
        labels=answers_store.known_labels(session, {str(each.id) for each in answers}),
        twins=answers_store.real_images(session, {e.twin for e in answers if e.twin}),
        people=_people(session, within, answers),
        at=now(),
        rules=answers_store.rules(session, shared),
    )


def _people(
    session: Session, project_ids: Collection[int], answers: Sequence[AnswerIn]
) -> dict[int, int]:
    """Count who labels in each project; it matters only where somebody skips."""
    skips = any(each.answer is Answer.SKIP for each in answers)
    return store.people_who_label(session, project_ids) if skips else {}


def _judge(
    bench: Bench, actor: Actor, *, raw: object, answer: AnswerIn | BadAnswer
) -> AnswerVerdict:
    """Judge one answer and say what became of it."""
    if isinstance(answer, BadAnswer):
        return AnswerVerdict(id=_id_of(raw), verdict=Verdict.REFUSED, problem=_problem(answer))
    verdict = AnswerVerdict(id=str(answer.id), query_id=answer.query_id, verdict=Verdict.STORED)
    try:
        verdict.verdict = bench.judge(actor.user_id, answer)
        verdict.project_id = bench.queries[answer.query_id].project_id
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


def undo(session: Session, actor: Actor, label_id: str) -> Undone:
    """Take one of the actor's own labels back; a second time changes nothing."""
    label = answers_store.label(session, _canonical(label_id))
    if label is None or label.user_id != actor.user_id:
        raise UnknownLabel
    auth.require_member(session, actor, label.project_id, Role.ANNOTATOR)
    store.lock_projects(session, [label.project_id])
    answers_store.lock_queries(session, [label.query_id])
    if answers_store.mark_undone(session, label.id, at=now()):
        _uncount(session, actor, label)
    query = answers_store.standing(session, [label.query_id])[label.query_id]
    return Undone(
        id=label.id,
        query_id=label.query_id,
        open=query.state is QueryState.OPEN,
        project_id=label.project_id,
    )


def _canonical(label_id: str) -> str:
    try:
        return str(UUID(label_id))
    except ValueError:
        raise UnknownLabel from None


def _uncount(session: Session, actor: Actor, label: Label) -> None:
    """Undo what the label did: to the budget, the slot and the query."""
    query = answers_store.standing(session, [label.query_id])[label.query_id]
    people = store.people_who_label(session, [label.project_id]).get(label.project_id, 0)
    for_good = bool((label.marks or {}).get("for_good"))
    query.take_back(actor.user_id, label.answer, for_good=for_good, people=people)
    answers_store.change_slots(session, [query])
    answers_store.change_queries(session, [query])
    if label.answer is not Answer.SKIP:
        answers_store.refund(session, label.project_id)
