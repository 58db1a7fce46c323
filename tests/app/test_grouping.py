"""Requests share work, and what one of them does never spoils another."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

from app.grouping import MOST, Group

Ended = TypeVar("Ended")


def _run(work: Coroutine[Any, Any, Ended]) -> Ended:
    """Run in a thread of its own: other tests may keep an event loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def _ask_all(group: Group[int, int], asked: Sequence[int]) -> list[int | BaseException]:
    async def together() -> list[int | BaseException]:
        return await asyncio.gather(*(group.ask(each) for each in asked), return_exceptions=True)

    return _run(together())


class _Work:
    """Doubles numbers, notes how many came at once, and waits for a sign before the first."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.begin = threading.Event()

    def __call__(self, asked: Sequence[int]) -> list[int | Exception]:
        self.begin.wait(5)
        self.sizes.append(len(asked))
        if 13 in asked:
            raise ValueError("13 spoils everything")
        return [LookupError(each) if each < 0 else 2 * each for each in asked]


def test_each_gets_their_own_result() -> None:
    work = _Work()
    work.begin.set()
    assert _ask_all(Group(work), [1, 2, 3]) == [2, 4, 6]


def test_those_who_wait_are_served_together() -> None:
    work = _Work()

    async def arrive() -> list[int]:
        group = Group(work)
        first = asyncio.ensure_future(group.ask(0))
        await asyncio.sleep(0.05)
        rest = [asyncio.ensure_future(group.ask(each)) for each in range(1, 9)]
        await asyncio.sleep(0.05)
        work.begin.set()
        return list(await asyncio.gather(first, *rest))

    assert _run(arrive()) == [0, 2, 4, 6, 8, 10, 12, 14, 16]
    assert work.sizes == [1, 8]


def test_a_group_is_never_larger_than_it_may_be() -> None:
    work = _Work()
    work.begin.set()
    assert len(_ask_all(Group(work), range(3 * MOST))) == 3 * MOST
    assert max(work.sizes) <= MOST


def test_a_refusal_is_for_the_one_who_asked() -> None:
    work = _Work()
    work.begin.set()
    first, second = _ask_all(Group(work), [-1, 4])
    assert isinstance(first, LookupError)
    assert second == 8


def test_what_spoils_the_whole_group_is_found_and_the_others_get_theirs() -> None:
    work = _Work()
    work.begin.set()
    results = _ask_all(Group(work), [1, 13, 2])
    assert [results[0], results[2]] == [2, 4]
    assert isinstance(results[1], ValueError)


def test_an_error_that_concerns_all_is_not_tried_again() -> None:
    work = _Work()
    work.begin.set()
    results = _ask_all(Group(work, concerns_all=(ValueError,)), [13, 13])
    assert [type(each) for each in results] == [ValueError, ValueError]
    assert len(work.sizes) <= 2


def test_somebody_who_goes_away_leaves_the_others_alone() -> None:
    work = _Work()

    async def go_away() -> int:
        group = Group(work)
        gone = asyncio.ensure_future(group.ask(1))
        stays = asyncio.ensure_future(group.ask(2))
        await asyncio.sleep(0.05)
        gone.cancel()
        work.begin.set()
        return await stays

    assert _run(go_away()) == 4


def test_a_group_serves_one_event_loop_after_another() -> None:
    work = _Work()
    work.begin.set()
    group = Group(work)
    assert _ask_all(group, [1]) == [2]
    assert _ask_all(group, [2]) == [4]


@pytest.mark.parametrize("count", [1, 5])
def test_results_come_in_the_order_of_asking(count: int) -> None:
    work = _Work()
    work.begin.set()
    assert _ask_all(Group(work), range(count)) == [2 * each for each in range(count)]
