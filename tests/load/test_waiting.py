"""The benchmark of waiting labels a demo that has just begun, and sees when there is no image."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.benchmarks import waiting
from app.benchmarks.server import fresh

pytestmark = [pytest.mark.slow, pytest.mark.services]


@pytest.mark.usefixtures("config")
def test_times_without_an_image_are_told() -> None:
    with fresh() as server:
        server.start()
        # In a thread of its own: the other browser tests keep an event loop in this one.
        with ThreadPoolExecutor(1) as thread:
            found = thread.submit(waiting.wait, server, (0, 1), 40).result()
    assert found.answers == 40
    # Every ten answers a fit is due, and these are given faster than a machine fits.
    assert found.seconds
    assert min(found.seconds) > 0
