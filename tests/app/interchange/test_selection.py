from __future__ import annotations

import numpy as np
import pytest

from app.interchange.selection import Gathered, HoldoutWish, quotas, select
from app.interchange.verdicts import Verdict
from app.words import Origin


def digest(number: int) -> bytes:
    return number.to_bytes(32, "big")


def gathered(pictures: list[int], labels: list[int], tests: list[int] | None = None) -> Gathered:
    return Gathered(
        np.frombuffer(b"".join(digest(each) for each in pictures), np.dtype("V32")),
        np.array(labels, np.int32),
        np.array(tests or [0] * len(pictures), np.bool_),
    )


def test_without_a_wish_everything_goes_to_the_pool() -> None:
    chosen = select(gathered([1, 2, 3], [0, 1, 0]), HoldoutWish(), {})
    assert chosen.pool.tolist() == [0, 1, 2]
    assert chosen.holdout.tolist() == []


def test_the_sources_test_split_becomes_the_holdout_if_it_is_labeled() -> None:
    chosen = select(gathered([1, 2, 3, 4], [0, 1, 0, -1], [0, 1, 1, 1]), HoldoutWish(), {})
    assert chosen.holdout.tolist() == [1, 2]
    assert chosen.pool.tolist() == [0, 3]


def test_the_test_split_can_go_to_the_pool() -> None:
    wish = HoldoutWish(test_split=False)
    assert select(gathered([1, 2], [0, 1], [0, 1]), wish, {}).holdout.tolist() == []


def test_a_share_is_drawn_from_each_class_by_the_seed() -> None:
    labels = [0] * 60 + [1] * 40
    wish = HoldoutWish(share=0.2, seed=3)
    chosen = select(gathered(list(range(100)), labels), wish, {})
    drawn = np.array(labels)[chosen.holdout]
    assert [(drawn == 0).sum(), (drawn == 1).sum()] == [12, 8]
    again = select(gathered(list(range(100)), labels), wish, {})
    other = select(gathered(list(range(100)), labels), HoldoutWish(share=0.2, seed=4), {})
    assert chosen.holdout.tolist() == again.holdout.tolist() != other.holdout.tolist()


def test_unlabeled_images_are_never_drawn() -> None:
    chosen = select(gathered(list(range(20)), [-1] * 10 + [0] * 10), HoldoutWish(share=0.5), {})
    assert chosen.holdout.min() >= 10


def test_a_picture_that_comes_twice_is_taken_once() -> None:
    chosen = select(gathered([7, 8, 7], [-1, -1, -1]), HoldoutWish(), {})
    assert chosen.pool.tolist() == [0, 1]
    assert chosen.refused == {2: Verdict.DUPLICATE}


def test_a_picture_in_both_splits_measures_and_is_not_learned_from() -> None:
    chosen = select(gathered([7, 8, 7, 9], [0, 1, 0, 1], [0, 0, 1, 1]), HoldoutWish(), {})
    assert chosen.holdout.tolist() == [2, 3]
    assert chosen.pool.tolist() == [1]
    assert chosen.refused == {0: Verdict.DUPLICATE}


def test_what_the_project_has_already_stays_where_it_is() -> None:
    present = {
        digest(1): Origin.POOL,
        digest(2): Origin.HOLDOUT,
        digest(3): Origin.POOL,
        digest(4): Origin.SYNTHESIZED,
    }
    everything = gathered([1, 2, 3, 4, 5], [0, 1, 0, 1, 0], [0, 0, 1, 0, 1])
    chosen = select(everything, HoldoutWish(), present)
    assert chosen.refused == {
        0: Verdict.DUPLICATE,
        1: Verdict.IN_HOLDOUT,
        2: Verdict.IN_POOL,
        3: Verdict.DUPLICATE,
    }
    assert chosen.holdout.tolist() == [4]


def test_nothing_gives_nothing() -> None:
    chosen = select(gathered([], []), HoldoutWish(share=0.5), {})
    assert len(chosen.pool) == len(chosen.holdout) == 0


@pytest.mark.parametrize(
    ("sizes", "wanted", "filled"),
    [
        ([100, 100], 50, [25, 25]),
        ([90, 10], 10, [9, 1]),
        ([1000, 2], 10, [10, 1]),
        ([1, 5], 3, [0, 2]),
        ([3, 3], 100, [2, 2]),
        ([50, 50, 50], 10, [4, 3, 3]),
    ],
)
def test_quotas(sizes: list[int], wanted: float, filled: list[int]) -> None:
    assert quotas(sizes, wanted) == filled


def test_gold_is_drawn_from_the_labeled_images_beside_the_holdout() -> None:
    labels = [0] * 60 + [1] * 40 + [-1] * 20
    wish = HoldoutWish(share=0.2, seed=3, gold=0.25)
    chosen = select(gathered(list(range(120)), labels), wish, {})
    drawn = np.array(labels)[chosen.gold]
    assert [(drawn == 0).sum(), (drawn == 1).sum()] == [12, 8]
    parts = [set(chosen.pool.tolist()), set(chosen.holdout.tolist()), set(chosen.gold.tolist())]
    assert sum(map(len, parts)) == len(set.union(*parts)) == 120
    without = select(gathered(list(range(120)), labels), HoldoutWish(share=0.2, seed=3), {})
    assert without.holdout.tolist() == chosen.holdout.tolist()
    assert without.gold.tolist() == []
