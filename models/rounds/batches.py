"""One batch out of several strategies: each fills its slots, and no real image is posed twice.

Knows nothing of where the answers come from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from models.interfaces import QueryBatch, Situation, Strategy


@dataclass(frozen=True)
class Order:
    """What one source is asked for."""

    source: str
    strategy: Strategy
    count: int
    seed: int


@dataclass(frozen=True)
class Filled:
    """What it posed: at most `order.count` queries."""

    order: Order
    batch: QueryBatch


def compose(situation: Situation, orders: Iterable[Order], *, fallback: Order) -> list[Filled]:
    """Let each order pose in turn; what they leave open, the fallback is asked for.

    A pool image that one has posed is no candidate for the next. The count of the fallback is how
    many it may be asked for at most.
    """
    filled: list[Filled] = []
    missing = 0
    for order in orders:
        batch = order.strategy.pose(situation, order.count, seed=order.seed)
        missing += order.count - len(batch)
        filled.append(Filled(order, batch))
        situation = _without(situation, batch)
    if missing and len(situation.candidates):
        order = replace(fallback, count=min(missing, fallback.count))
        batch = order.strategy.pose(situation, order.count, seed=order.seed)
        filled.append(Filled(order, batch))
    return filled


def _without(situation: Situation, batch: QueryBatch) -> Situation:
    """Take the images just posed out of the candidates."""
    return replace(situation, candidates=np.setdiff1d(situation.candidates, batch.rows))
