"""The people of a project: how much, how fast and how well each answers, and how far they agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from sqlalchemy.orm import Session

from app.dashboards import facts, store
from app.dashboards.schemas import AgreementRow, PersonRow
from app.dashboards.sections import share
from app.tables import Reliability, Stage
from app.trust import store as trust_store
from app.trust import telling
from app.trust.evidence import Doubt, Evidence
from app.words import Answer

#: The median time of a person is read from this many of their latest answers.
_DURATIONS = 200
#: Comparisons that are shown, the newest first.
_COMPARISONS = 12


def people(session: Session, project_id: int) -> list[PersonRow]:
    """Describe everybody who labels or may label, the busiest first."""
    tallies = store.answer_tallies(session, project_id)
    named = dict(store.members(session, project_id))
    guests = [tally.user_id for tally in tallies if tally.user_id not in named]
    named |= store.names(session, guests)
    answered = {each.user_id for each in tallies if each.answer is not Answer.SKIP}
    durations = {
        user_id: store.latest_durations(session, project_id, user_id, limit=_DURATIONS)
        for user_id in sorted(answered)
    }
    found = trust_store.reliabilities(session, project_id)
    rows = [
        _person(user, tallies, durations=durations, reliability=found.get(user[0]))
        for user in named.items()
    ]
    return sorted(rows, key=lambda row: (-row.answers, row.name))


def _person(
    user: tuple[int, str],
    tallies: Sequence[store.AnswerTally],
    *,
    durations: Mapping[int, Sequence[int]],
    reliability: Reliability | None,
) -> PersonRow:
    own = {tally.answer: tally.answers for tally in tallies if tally.user_id == user[0]}
    seen = [tally.last_at for tally in tallies if tally.user_id == user[0]]
    refused = own.get(Answer.UNRECOGNIZABLE, 0)
    skips = own.get(Answer.SKIP, 0)
    answers = sum(own.values()) - skips
    times = durations.get(user[0], ())
    others = [median(each) for user_id, each in durations.items() if user_id != user[0] and each]
    evidence = _evidence(reliability)
    pace = telling.pace(times, others)
    known = facts.numbers(reliability.facts) if reliability else {}
    return PersonRow(
        user_id=user[0],
        name=user[1],
        answers=answers,
        refused=refused,
        refused_share=share(refused, answers),
        skips=skips,
        median_seconds=median(times) / 1000 if times else None,
        last_seen=max(seen, default=None),
        gold=evidence.gold,
        gold_right=share(evidence.gold_right, evidence.gold),
        repeats=evidence.repeats,
        repeats_same=share(evidence.repeats_same, evidence.repeats),
        compared=evidence.compared,
        agreed=share(evidence.agreed, evidence.compared),
        weight=reliability.weight if reliability else 1.0,
        hasty=pace.suspicious,
        warnings=telling.sentences(
            evidence,
            weight=reliability.weight if reliability else 1.0,
            unreliable=reliability is not None and reliability.warning == Doubt.UNRELIABLE,
            others_wrong=known.get("others_wrong", 0.0),
            pace=pace,
        ),
    )


def _evidence(reliability: Reliability | None) -> Evidence:
    counted = facts.wholes(reliability.facts) if reliability else {}
    return Evidence(**{name: counted.get(name, 0) for name in Evidence.__dataclass_fields__})


def agreement(session: Session, project_id: int) -> list[AgreementRow]:
    """List how far people agreed each time that they were compared, the newest first."""
    stages = trust_store.assessments(session, project_id, limit=_COMPARISONS)
    return [_agreement(each) for each in stages]


def _agreement(stage: Stage) -> AgreementRow:
    return AgreementRow(
        at=stage.finished_at or stage.queued_at,
        queries=facts.whole(stage.facts.get("compared")) or 0,
        alpha=facts.number(stage.facts.get("alpha")),
        fleiss=facts.number(stage.facts.get("fleiss")),
        cohen=facts.number(stage.facts.get("cohen")),
    )
