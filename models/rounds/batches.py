"""One batch out of several strategies: each fills its slots, and no image is posed twice.

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

    What one has posed, the next does not: its pool images are no candidates, and a synthesized
    image that came out like a posed one is dropped. The count of the fallback is how many it may
    be asked for at most.
    """
    filled: list[Filled] = []
    seen: set[bytes] = set()
    missing = 0

    def fill(order: Order) -> int:
        nonlocal situation
        batch = _unlike(order.strategy.pose(situation, order.count, seed=order.seed), seen)
        seen.update(image.tobytes() for image in batch.images)
        filled.append(Filled(order, batch))
        situation = _without(situation, batch)
        return order.count - len(batch)

    for order in orders:
        missing += fill(order)
    if missing and len(situation.candidates):
        fill(replace(fallback, count=min(missing, fallback.count)))
    return filled


def _unlike(batch: QueryBatch, seen: set[bytes]) -> QueryBatch:
    """Keep the queries whose images were not seen yet."""
    new = [place for place, image in enumerate(batch.images) if image.tobytes() not in seen]
    if len(new) == len(batch):
        return batch
    return replace(
        batch,
        rows=batch.rows[new],
        images=batch.images[new],
        utilities=batch.utilities[new],
        margins=batch.margins[new],
        latents=None if batch.latents is None else batch.latents[new],
    )


def _without(situation: Situation, batch: QueryBatch) -> Situation:
    """Take the images just posed out of the candidates."""
    return replace(situation, candidates=np.setdiff1d(situation.candidates, batch.rows))
