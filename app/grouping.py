"""Requests that arrive together are worked on together: many at once cost hardly more than one.

A transaction has a fixed cost: a dozen statements, and a commit that waits for the disk. A group
takes whatever waits into one, on a thread of its own, so that under load it is shared by many and
nobody waits for others to arrive. Knows nothing of what is asked.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Got = TypeVar("Got")
_Future = asyncio.Future[Got]

#: So many are worked on at once; more wait for the next turn.
MOST = 64


class Group(Generic[Asked, Got]):
    """One thread that works for everybody who asks, all who wait at a time.

    `work` gets what was asked and returns as many results in the same order, or exceptions for
    those that it refuses. Where it fails as a whole, each is tried alone, so that what one person
    sends never spoils what another did: `work` must leave nothing behind when it fails. Errors in
    `concerns_all` would only come again for each; everybody gets them at once.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Asked]], Sequence[Got | Exception]],
        *,
        concerns_all: tuple[type[Exception], ...] = (),
    ) -> None:
        self._work = work
        self._concerns_all = concerns_all
        self._waiting: SimpleQueue[tuple[Asked, _Future[Got]]] = SimpleQueue()
        self._beginning = threading.Lock()
        self._thread: threading.Thread | None = None

    async def ask(self, asked: Asked) -> Got:
        """Wait for one result, or raise what refused it."""
        future: _Future[Got] = asyncio.get_running_loop().create_future()
        self._waiting.put((asked, future))
        if self._thread is None or not self._thread.is_alive():
            self._begin()
        return await future

    def _begin(self) -> None:
        with self._beginning:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._serve, daemon=True)
                self._thread.start()

    def _serve(self) -> None:
        while True:
            taken = [self._waiting.get()]
            try:
                while len(taken) < MOST:
                    taken.append(self._waiting.get_nowait())
            except Empty:
                pass
            results = self._results([asked for asked, _ in taken])
            _deliver([(future, got) for (_, future), got in zip(taken, results, strict=True)])

    def _results(self, asked: Sequence[Asked]) -> Sequence[Got | Exception]:
        try:
            return self._work(asked)
        except Exception as error:  # noqa: BLE001 - each request answers for itself
            if len(asked) == 1 or isinstance(error, self._concerns_all):
                return [error] * len(asked)
        return [result for each in asked for result in self._results([each])]


def _deliver(results: Sequence[tuple[_Future[Got], Got | Exception]]) -> None:
    """Hand results to the event loops that wait for them, with one call for each loop."""
    for loop in {future.get_loop() for future, _ in results}:
        own = [(future, got) for future, got in results if future.get_loop() is loop]
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle, own)


def _settle(results: Sequence[tuple[_Future[Got], Got | Exception]]) -> None:
    for future, got in results:
        if future.done():  # Whoever asked has gone.
            continue
        if isinstance(got, Exception):
            future.set_exception(got)
        else:
            future.set_result(got)
