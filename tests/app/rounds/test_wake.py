"""Waking the machine: at once, not too often, and never at the cost of an answer."""

from __future__ import annotations

import pytest

from app.rounds import wake as waking


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The projects that were looked at."""
    looked: list[int] = []
    monkeypatch.setattr(waking, "reconcile", looked.append)
    monkeypatch.setattr(waking, "_rests_until", {})
    return looked


def test_a_project_is_looked_at_at_once(looks: list[int]) -> None:
    waking.wake(7)
    assert looks == [7]


def test_calls_in_quick_succession_are_one_look(looks: list[int]) -> None:
    for _ in range(5):
        waking.wake(7)
    waking.wake(8)
    assert looks == [7, 8]


def test_a_project_is_looked_at_again_after_a_while(
    looks: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr(waking.time, "monotonic", lambda: clock[0])
    waking.wake(7)
    clock[0] += waking.PACE_SECONDS * 0.9
    waking.wake(7)
    assert looks == [7]
    clock[0] += waking.PACE_SECONDS * 0.2
    waking.wake(7)
    assert looks == [7, 7]


def test_a_look_that_takes_long_is_followed_by_a_long_rest(
    looks: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]

    def look(project_id: int) -> None:
        looks.append(project_id)
        clock[0] += 1.0

    monkeypatch.setattr(waking, "reconcile", look)
    monkeypatch.setattr(waking.time, "monotonic", lambda: clock[0])
    waking.wake(7)
    clock[0] += 0.9 / waking.SHARE - 1.0
    waking.wake(7)
    assert looks == [7]
    clock[0] += 0.2 / waking.SHARE
    waking.wake(7)
    assert looks == [7, 7]


def test_trouble_with_the_machine_reaches_nobody(
    looks: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(project_id: int) -> None:
        raise RuntimeError(project_id)

    monkeypatch.setattr(waking, "reconcile", fails)
    waking.wake(7)
    monkeypatch.setattr(waking, "reconcile", looks.append)
    waking.wake(8)
    assert looks == [8]
