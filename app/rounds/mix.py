"""How a batch's slots are shared out between sources, and why that may differ from the settings.

A pure rule. Knows nothing of strategies or images.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.projects.settings import Mix
from app.words import Source


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

    A source gets the slots by which its running total has grown since the round before.
    """
    total = sum(shares.values())
    before = _cumulative(shares, total, count * (round_number - 1))
    after = _cumulative(shares, total, count * round_number)
    whole = {source: after[source] - before[source] for source in shares}
    return {source: n for source, n in whole.items() if n > 0}


def _cumulative(shares: Mapping[Source, float], total: float, slots: int) -> dict[Source, int]:
    edges, reached = {}, 0.0
    for source, share in shares.items():
        start = round(reached / total * slots + 1e-9)
        reached += share
        edges[source] = round(reached / total * slots + 1e-9) - start
    return edges
