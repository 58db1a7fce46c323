"""Mix gold and repeats into what people who are at work are asked, at the rates of the settings.

Part of posing: one transaction with the round. Gold is never trained on and never measures the
learner; it and repeats cost the budget like every other answer. Where no gold was imported, images
do that people named and the learner is very sure of.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from app.projects import spending
from app.rounds import store as rounds_store
from app.rounds.briefs import Brief
from app.rounds.fitting import Fitted
from app.trust import checks, checks_store
from app.trust.checks_store import Check
from app.words import Outcome, Source
from models.interfaces import margins
from models.rounds.seeds import seed_of

#: Images are far from the boundary whose margin is in the upper quarter of all that were named.
_FAR = 0.75


@dataclass(frozen=True)
class _Table:
    """Where checks are posed: the project, its round, and what fits between other queries."""

    project_id: int
    round_id: int
    settings_version: int
    class_ids: tuple[int, ...]
    #: Of the round's own queries: a check gets one of them, so that it stands among them.
    priorities: list[float]
    random: np.random.Generator
    #: Verified images far from the boundary: query -> class.
    verified: dict[int, int]


def pose(
    session: Session,
    brief: Brief,
    fitted: Fitted,
    *,
    round_id: int,
    priorities: list[float],
) -> int:
    """Pose the checks that are owed to the people present, within the budget; returns how many."""
    rates = {Source.GOLD: brief.settings.gold_rate, Source.REPEAT: brief.settings.repeat_rate}
    if not any(rates.values()):
        return 0
    people = checks_store.present(session, brief.project_id)
    checks_store.withdraw_of_absent(session, brief.project_id, people)
    answered = checks_store.answered(session, brief.project_id, people)
    posed = checks_store.posed(session, brief.project_id, people)
    table = _Table(
        brief.project_id,
        round_id,
        brief.settings_version,
        brief.class_ids,
        priorities or [0.0],
        np.random.default_rng(seed_of(brief.settings.seed, "checks", brief.number)),
        verified(brief, fitted),
    )
    left = _affordable(session, brief.project_id)
    count = 0
    for user_id in people:
        for source, rate in rates.items():
            owed = checks.owed(
                answered=answered.get(user_id, 0), posed=posed.get((user_id, source), 0), rate=rate
            )
            owed = owed if left is None else min(owed, left - count)
            count += _pose(session, table, user_id, source, owed)
    return count


def _affordable(session: Session, project_id: int) -> int | None:
    """Return how many answers the budget still pays that no open query is to have."""
    left = spending.left_of(rounds_store.budget(session, project_id))
    if left is None:
        return None
    session.flush()
    return max(0, left - rounds_store.open_counts(session, project_id)[1])


def _pose(session: Session, table: _Table, user_id: int, source: Source, count: int) -> int:
    if count < 1:
        return 0
    found = _candidates(session, table, user_id, source)
    drawn = table.random.permutation(len(found))[:count].tolist()
    for place in drawn:
        check = found[place]
        checks_store.add_query(
            session,
            project_id=table.project_id,
            round_id=table.round_id,
            image_id=check.image_id,
            source=source,
            for_user_id=user_id,
            repeat_of=check.repeat_of,
            priority=float(table.random.choice(table.priorities)),
            provenance={**check.known, "settings_version": table.settings_version},
        )
    session.flush()
    return len(drawn)


def _candidates(session: Session, table: _Table, user_id: int, source: Source) -> list[Check]:
    """List what somebody may be checked with: of gold what was imported, else what is verified."""
    if source is Source.REPEAT:
        return checks_store.repeatable(session, table.project_id, user_id, but=checks.REPEAT_AFTER)
    imported = checks_store.imported_gold(session, table.project_id, user_id, table.class_ids)
    return imported or checks_store.verified_gold(session, user_id, table.verified)


def verified(brief: Brief, fitted: Fitted) -> dict[int, int]:
    """Return synthesized queries that people named as the learner does, far from the boundary.

    Maps each to its class.
    """
    named = [i for i in fitted.labeled if brief.asked[i].outcome is Outcome.CLASS]
    if fitted.learner is None or not named:
        return {}
    decisions = fitted.learner.decide(np.ascontiguousarray(fitted.asked_vectors[named]))
    sure = margins(decisions)
    far = float(np.quantile(sure, _FAR))
    return {
        brief.asked[i].query_id: brief.class_ids[brief.asked[i].class_index or 0]
        for i, margin, column in zip(named, sure, decisions.argmax(axis=1), strict=True)
        if brief.asked[i].source is Source.SYNTHESIZED
        and margin >= far
        and column == brief.asked[i].class_index
    }


def put_easy_ones_between(session: Session, project_id: int, *, every: int) -> None:
    """Move the easiest open queries between the hard ones."""
    if every > 1:
        session.flush()
        moved = checks.interleave(checks_store.waiting(session, project_id), every)
        rounds_store.rerank(session, moved)
