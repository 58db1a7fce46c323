"""How many checks each person gets, and where they and the easy queries stand in the queue.

Checks are gold and repeats: queries for one person alone that say how well they answer. Pure rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

#: The strategy that poses images which are easy to name.
EASY = "far"
#: Checks are posed for as many queries as a page keeps ahead.
AHEAD = 8
#: Nobody gets more checks of a kind at a time: they would come in a row.
MOST_AT_ONCE = 3
#: A repeat comes no sooner than after so many other answers, so that nobody remembers.
REPEAT_AFTER = 10


def owed(*, answered: int, posed: int, rate: float) -> int:
    """Return how many checks of a kind to pose to somebody now.

    `answered` are their answers to ordinary queries, `posed` the checks of that kind they ever
    got; together the checks come to the rate, counted over what they answer next, too.
    """
    due = floor(rate / (1 - rate) * (answered + AHEAD)) - posed if rate else 0
    return min(max(due, 0), MOST_AT_ONCE)


def easy_share(gold_rate: float, *, people: int, overlap: int) -> float:
    """Return which share of all queries is to be easy, so that named ones can serve as gold.

    Each is gold for all but those who named it, so fewer are needed the more people there are; none
    where everybody is asked everything.
    """
    others = people - overlap
    return min(gold_rate, gold_rate / (1 - gold_rate) / others) if others > 0 else 0.0


def interleave(hardest_first: Sequence[tuple[int, float]], every: int) -> dict[int, float]:
    """Let one in `every` queries be the easiest that waits; returns priorities by query.

    The queries keep their priorities among themselves: only who has which changes.
    """
    rest = [query_id for query_id, _ in hardest_first]
    order: list[int] = []
    while rest:
        easy_now = every > 1 and len(order) % every == every - 1
        order.append(rest.pop() if easy_now else rest.pop(0))
    priorities = [priority for _, priority in hardest_first]
    return dict(zip(order, priorities, strict=True))
