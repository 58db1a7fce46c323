"""One batch out of several sources: everyone fills their slots, no image comes twice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.interfaces import QueryBatch, Situation
from models.rounds.batches import Filled, Order, compose
from tests.models import small_worlds


@dataclass(frozen=True)
class Copies:
    """Synthesizes what looks just like some of the pool's images."""

    rows: tuple[int, ...]

    def pose(self, situation: Situation, count: int, *, seed: int) -> QueryBatch:
        del seed
        rows = np.array(self.rows[:count])
        zeros = np.zeros(len(rows), dtype=np.float32)
        latents = np.zeros((len(rows), 3), dtype=np.float32)
        return QueryBatch(zeros.astype(int) - 1, situation.pool_images[rows], zeros, zeros, latents)


@dataclass(frozen=True)
class InOrder:
    """Takes the first candidates of the pool."""

    def pose(self, situation: Situation, count: int, *, seed: int) -> QueryBatch:
        del seed
        rows = situation.candidates[:count]
        zeros = np.zeros(len(rows), dtype=np.float32)
        return QueryBatch(rows, situation.pool_images[rows], zeros, zeros)


POOL = Order("pool", InOrder(), 3, 0)


def composed(*orders: Order) -> list[Filled]:
    return compose(small_worlds.situation(labeled=40), orders, fallback=POOL)


def counts(filled: list[Filled]) -> list[tuple[str, int]]:
    return [(each.order.source, len(each.batch)) for each in filled]


def test_two_sources_never_take_one_pool_image() -> None:
    first, second = composed(POOL, Order("explore", InOrder(), 2, 0))
    assert first.batch.rows.tolist() == [40, 41, 42]
    assert second.batch.rows.tolist() == [43, 44]


def test_a_synthesized_image_like_one_just_posed_is_dropped_and_made_good_from_the_pool() -> None:
    filled = composed(POOL, Order("synthesized", Copies((41, 90)), 2, 0))
    assert counts(filled) == [("pool", 3), ("synthesized", 1), ("pool", 1)]
    kept = filled[1].batch
    assert kept.latents is not None
    assert len(kept.latents) == len(kept.utilities) == len(kept.margins) == len(kept.rows) == 1
    images = [image.tobytes() for each in filled for image in each.batch.images]
    assert len(set(images)) == len(images)


def test_nothing_is_dropped_where_images_differ() -> None:
    assert counts(composed(POOL, Order("synthesized", Copies((90, 91)), 2, 0))) == [
        ("pool", 3),
        ("synthesized", 2),
    ]
