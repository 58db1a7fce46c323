"""How a batch's slots are shared out between sources, and why that may differ from the settings.

A pure rule. Knows nothing of strategies or images.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from app.projects.settings import Mix
from app.words import Source

#: Slots after which the count of who is behind begins anew.
HORIZON = 1000


@dataclass(frozen=True)
class Slots:
    """How many queries each source is to pose, and why it is not what the settings say."""

    planned: Mapping[Source, int]
    why: str = ""


def slots(
    mix: Mix, count: int, *, round_number: int, has_learner: bool, has_generator: bool
) -> Slots:
    """Share `count` slots out by the mix; sources that cannot pose yet leave theirs to others."""
    if not has_learner:
        return Slots({Source.COLD_START: count}, "No two classes are labeled yet.")
    shares = {
        Source.SYNTHESIZED: mix.synthesized,
        Source.POOL: mix.pool,
        Source.EXPLORE: mix.explore,
    }
    why = ""
    if mix.synthesized > 0 and not has_generator:
        shares[Source.POOL] += shares.pop(Source.SYNTHESIZED)
        why = "There is no generator yet, so the pool takes its slots."
    return Slots(_whole(shares, count, round_number), why)


def _whole(shares: Mapping[Source, float], count: int, round_number: int) -> dict[Source, int]:
    """Round shares to whole slots so that they come out right over the rounds, not only in each.

    Slots go one by one to the source that is furthest behind its share, counted on from the
    rounds before; only the slots of this round are returned.
    """
    total = sum(shares.values())
    before = count * (round_number - 1) % HORIZON
    given = dict.fromkeys(shares, 0)
    fresh: Counter[Source] = Counter()
    for slot in range(before + count):
        behind = {each: shares[each] / total * (slot + 1) - given[each] for each in shares}
        source = max(behind, key=lambda each: round(behind[each], 9))
        given[source] += 1
        if slot >= before:
            fresh[source] += 1
    return dict(fresh)
