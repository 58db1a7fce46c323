"""How a batch's slots are shared out between sources.

A pure rule. Knows nothing of strategies or images; a source is a name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TypeVar

Source = TypeVar("Source", bound=str)

#: Slots after which the count of who is behind begins anew.
HORIZON = 1000


def share_out(
    shares: Mapping[Source, float], count: int, *, round_number: int
) -> dict[Source, int]:
    """Share `count` slots out so that they come out right over the rounds, not only in each.

    Slots go one by one to the source that is furthest behind its share, counted on from the
    rounds before; only the slots of this round are returned. Only the ratios of shares count.
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


def part_of(share: float, count: int, *, round_number: int) -> int:
    """Count which of `count` slots belong to a share of them, right over the rounds like all."""
    shares = {name: each for name, each in (("mine", share), ("others", 1 - share)) if each > 0}
    return share_out(shares, count, round_number=round_number).get("mine", 0)


def is_random_round(round_number: int, every: int) -> bool:
    """Say whether a round is the random one of the paper's schedule: the last of each `every`.

    The paper mixes one random round in after every five of GAAL, which is every sixth. Zero means
    never.
    """
    return every > 0 and round_number % every == 0
