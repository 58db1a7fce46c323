"""Timing by turns: each has its turn, and the median is each one's own."""

from __future__ import annotations

import pytest

from app.benchmarks import timing
from app.benchmarks.timing import by_turns


class _Clock:
    """A clock that stands still until something is done."""

    def __init__(self) -> None:
        self.now, self.done = 0.0, ""

    def perf_counter(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def passes(self, name: str, *seconds: float) -> None:
        self.done += name
        self.now += seconds[self.done.count(name) - 1]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> _Clock:
    found = _Clock()
    monkeypatch.setattr(timing, "time", found)
    return found


def test_what_is_compared_takes_turns_and_has_its_own_median_without_rests(clock: _Clock) -> None:
    doing = (lambda: clock.passes("a", 1, 9, 2), lambda: clock.passes("b", 5, 4, 30))

    medians = by_turns(doing, 3, rest=0.1)

    assert clock.done == "ababab"
    assert medians == pytest.approx([2, 5])
