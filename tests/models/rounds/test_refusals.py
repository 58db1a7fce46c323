"""When the pool takes the slots of synthesis."""

from __future__ import annotations

import pytest

from models.rounds.refusals import LATELY, LEAST_SHARE, give_way

MIX = {"synthesized": 0.4, "pool": 0.5, "explore": 0.1}


def refused(count: int, of: int = LATELY) -> list[bool]:
    return [True] * count + [False] * (of - count)


@pytest.mark.parametrize("count", [0, 5, 10])
def test_up_to_the_limit_nothing_moves(count: int) -> None:
    assert give_way(MIX, refused(count), limit=0.5).shares == MIX
    assert give_way(MIX, refused(count), limit=0.5).why == ""


@pytest.mark.parametrize(("count", "kept"), [(11, 0.18), (15, 0.1), (20, LEAST_SHARE)])
def test_beyond_it_synthesis_keeps_what_people_still_name(count: int, kept: float) -> None:
    found = give_way(MIX, refused(count), limit=0.5)
    assert found.shares == pytest.approx({"synthesized": kept, "pool": 0.9 - kept, "explore": 0.1})
    assert f"refused {count} of the last 20" in found.why


def test_only_the_last_ones_count() -> None:
    assert give_way(MIX, [True] * 50 + [False] * LATELY, limit=0.5).why == ""
    assert give_way(MIX, [False] * 50 + [True] * LATELY, limit=0.5).why != ""


def test_few_answers_say_nothing() -> None:
    assert give_way(MIX, [True] * (LATELY - 1), limit=0.5).shares == MIX


def test_without_a_limit_or_a_pool_nothing_moves() -> None:
    alone = {"synthesized": 1.0, "pool": 0.0}
    assert give_way(MIX, refused(20), limit=1.0).shares == MIX
    assert give_way(alone, refused(20), limit=0.5).shares == alone


def test_a_share_that_is_small_already_does_not_grow() -> None:
    small = {"synthesized": 0.02, "pool": 0.98}
    assert give_way(small, refused(20), limit=0.5).shares == pytest.approx(small)
