"""Times beside each other, by turns: what slows the machine for a while slows all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from statistics import median

#: Seconds after which threads that have computed no longer wait for more.
REST = 0.1


def by_turns(
    doing: Sequence[Callable[[], object]], repeats: int, *, rest: float = 0.0
) -> list[float]:
    """Do each of them in turn, so many times over, and return the medians of their seconds.

    Where several libraries compute, each with threads of its own, they need a `rest` before a turn.
    """
    seconds: list[list[float]] = [[] for _ in doing]
    for _ in range(repeats):
        for each, taken in zip(doing, seconds, strict=True):
            time.sleep(rest)
            began = time.perf_counter()
            each()
            taken.append(time.perf_counter() - began)
    return [median(taken) for taken in seconds]
