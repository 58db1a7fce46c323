"""The benchmark of the page presses real keys, and each press shows the next image."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.benchmarks import labeling, painting
from app.benchmarks.plan import LoadPlan

pytestmark = [pytest.mark.slow, pytest.mark.services]


@pytest.mark.usefixtures("config")
def test_every_press_is_seen_to_show_another_image() -> None:
    with labeling.started(LoadPlan(images=200, side=painting.SIDE), 1, lambda _: None) as bench:
        # In a thread of its own: the other browser tests keep an event loop in this one.
        with ThreadPoolExecutor(1) as thread:
            pressed = thread.submit(painting.press, bench, (390, 844), 10).result()
        bench.server.eventually(lambda: bench.truth.labels >= 10 or None, "store the answers")
    assert len(pressed.shown) == len(pressed.seconds) == 10
    assert sum(pressed.shown) >= 8
    assert min(pressed.seconds) > 0
