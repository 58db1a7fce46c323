"""What happens to synthesis when people keep refusing what it draws: the pool takes its slots.

A pure rule. Knows nothing of why people refuse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: Synthesized queries that are looked back on; fewer say too little.
LATELY = 20
#: Synthesis keeps this share, so that it can show that it has become better.
LEAST_SHARE = 0.05
SYNTHESIZED, POOL = "synthesized", "pool"


@dataclass(frozen=True)
class Shared:
    """The shares to go on with, and why they are not the usual ones."""

    shares: Mapping[str, float]
    why: str = ""


def give_way(shares: Mapping[str, float], refused: Sequence[bool], *, limit: float) -> Shared:
    """Let the pool take the slots that synthesis would waste.

    `refused` tells of each synthesized query that was answered, oldest first, whether people
    refused it. Once more than `limit` of the last twenty were, synthesis keeps its share times
    what people still name. Without a share for the pool nobody can take over, as in the paper.
    """
    lately = refused[-LATELY:]
    part = sum(lately) / LATELY
    if len(lately) < LATELY or part <= limit or not shares.get(POOL) or not shares.get(SYNTHESIZED):
        return Shared(shares)
    usual = shares[SYNTHESIZED]
    kept = min(usual, max(usual * (1 - part), LEAST_SHARE * sum(shares.values())))
    moved = {**shares, SYNTHESIZED: kept, POOL: shares[POOL] + usual - kept}
    return Shared(
        moved,
        f"People refused {sum(lately)} of the last {LATELY} imagined images, so the pool takes "
        "slots of synthesis.",
    )
