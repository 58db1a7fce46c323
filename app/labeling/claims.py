"""The rules of lending: until when, how many, and why nothing is lent.

Pure rules over plain values. Knows nothing of tables, requests or the machine's insides.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.words import Origin, ProjectState

#: So many people said that they would rather not: nobody else is asked.
SKIPS_TO_WITHDRAW = 3
#: The most queries that one annotator holds.
MOST_HELD = 64
#: Seconds until the page asks again, where no claim's end says when.
_ASK_AGAIN = {
    "being_prepared": 2,
    "nothing_left_for_you": 15,
    "paused": 15,
    "budget_spent": 30,
    "daily_cap": 300,
}


class Lending(StrEnum):
    """What an annotator who asks for queries is told."""

    #: Queries were lent.
    OPEN = "open"
    #: The project is done.
    FINISHED = "finished"
    #: A lead holds the project.
    PAUSED = "paused"
    #: No answer may be given any more, unless the budget is raised.
    BUDGET_SPENT = "budget_spent"
    #: This person has given all the answers that the project asks of anybody in a day.
    DAILY_CAP = "daily_cap"
    #: Others hold all that is left; some may come back.
    ALL_LENT = "all_lent"
    #: The machine poses, or is about to.
    BEING_PREPARED = "being_prepared"
    #: This person has answered or skipped all that is open.
    NOTHING_LEFT_FOR_YOU = "nothing_left_for_you"


@dataclass(frozen=True)
class Situation:
    """All that decides what an annotator is told."""

    project: ProjectState
    now: datetime
    #: Queries that were lent with this answer.
    lent: int = 0
    #: Answers that the budget still allows; None is no cap.
    answers_left: int | None = None
    #: Answers that this person may still give today; None is no cap.
    daily_left: int | None = None
    #: Whether the project has open queries at all, and some that this person has not answered.
    any_open: bool = False
    any_open_for_you: bool = False
    #: When the first claim of somebody else ends that could come to this person.
    soonest_expiry: datetime | None = None
    #: Whether the machine is at work on the next round.
    posing: bool = False


@dataclass(frozen=True)
class Reply:
    """What an annotator is told, and after how many seconds asking again makes sense."""

    state: Lending
    retry_after_s: int | None = None


def expiry(now: datetime, minutes: int) -> datetime:
    """Return until when a query is lent."""
    return now + timedelta(minutes=minutes)


def midnight(now: datetime) -> datetime:
    """Return when the day began, for all people alike (UTC)."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def may_lend(
    wanted: int,
    *,
    held: int,
    answers_left: int | None,
    promised: int,
    daily_left: int | None = None,
) -> int:
    """Return how many more queries to lend: never more than the budget could still take.

    `held` are this person's claims and `promised` everybody's, theirs included; `daily_left` is
    what they may still answer today.
    """
    more = min(wanted, MOST_HELD) - held
    if daily_left is not None:
        more = min(more, daily_left - held)
    if answers_left is not None:
        more = min(more, answers_left - promised)
    return max(0, more)


def withdraws(skips: int, people: int) -> bool:
    """Whether so many skips take a query from the queue, with so many people who may label."""
    return skips >= max(1, min(SKIPS_TO_WITHDRAW, people))


def origin_shown(origin: Origin, *, show: bool) -> Origin | None:
    """Return where annotators are told that an image comes from: gold looks like any real one."""
    if not show:
        return None
    return Origin.POOL if origin is Origin.GOLD else origin


def reply(situation: Situation) -> Reply:
    """Decide what an annotator is told."""
    state = _state(situation)
    if state is Lending.ALL_LENT:
        return Reply(state, _seconds_until(situation))
    return Reply(state, _ASK_AGAIN.get(state))


def _state(situation: Situation) -> Lending:
    if situation.project is ProjectState.FINISHED:
        return Lending.FINISHED
    if situation.project is ProjectState.PAUSED:
        return Lending.PAUSED
    if situation.project is ProjectState.DRAFT:
        return Lending.BEING_PREPARED
    if situation.answers_left == 0:
        return Lending.BUDGET_SPENT
    if situation.lent:
        return Lending.OPEN
    if situation.daily_left == 0:
        return Lending.DAILY_CAP
    if situation.any_open_for_you:
        return Lending.ALL_LENT
    if situation.any_open and not situation.posing:
        return Lending.NOTHING_LEFT_FOR_YOU
    return Lending.BEING_PREPARED


def _seconds_until(situation: Situation) -> int:
    if situation.soonest_expiry is None:
        return 1
    return max(1, math.ceil((situation.soonest_expiry - situation.now).total_seconds()))
