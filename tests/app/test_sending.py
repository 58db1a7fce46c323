"""An answer goes out whole, a long one bit by bit, and none is lost when the connection closes."""

from __future__ import annotations

import contextlib
import socket
import threading
from asyncio import AbstractEventLoop, Transport
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from app.sending import ENOUGH, Gathering
from app.serving import OnePiece
from tests.deployment import eventually

PARTS = 40


class Wire:
    """A transport that remembers what was done to it."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def write(self, data: bytes) -> None:
        self.done.append(f"wrote {len(data)}")

    def close(self) -> None:
        self.done.append("closed")

    def is_closing(self) -> bool:
        return "closed" in self.done


class Turns:
    """An event loop that goes round when it is told to."""

    def __init__(self) -> None:
        self._waiting: list[Callable[[], None]] = []

    def call_soon(self, call: Callable[[], None]) -> None:
        self._waiting.append(call)

    def turn(self) -> None:
        waiting, self._waiting = self._waiting, []
        for call in waiting:
            call()


def gathering() -> tuple[Wire, Turns, Gathering]:
    wire, loop = Wire(), Turns()
    held = Gathering(cast("Transport", wire), cast("AbstractEventLoop", loop))
    return wire, loop, held


def test_what_one_turn_writes_is_sent_together() -> None:
    wire, loop, held = gathering()
    held.write(b"head")
    held.write(b"body")
    assert wire.done == []
    loop.turn()
    held.write(b"next")
    loop.turn()
    loop.turn()
    assert wire.done == ["wrote 8", "wrote 4"]


def test_much_is_sent_without_waiting_for_more() -> None:
    wire, loop, held = gathering()
    held.write(bytes(ENOUGH))
    assert wire.done == []
    held.write(b"more")
    assert wire.done == [f"wrote {ENOUGH + 4}"]
    loop.turn()
    assert len(wire.done) == 1


def test_what_is_held_is_sent_before_the_end() -> None:
    wire, loop, held = gathering()
    held.write(b"last")
    held.close()
    assert held.is_closing()
    loop.turn()
    assert wire.done == ["wrote 4", "closed"]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Serve a short and a long answer."""

    async def short(_: Request) -> Response:
        return Response(b"short")

    async def long(_: Request) -> Response:
        async def parts() -> Any:
            for number in range(PARTS):
                yield bytes([number]) * ENOUGH

        return StreamingResponse(parts())

    app = Starlette(routes=[Route("/short", short), Route("/long", long)])
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, http=OnePiece, log_config=None, lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        eventually(lambda: server.started, what="the server starting")
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join()


def test_a_reader_wakes_up_once_for_each_answer_of_a_connection(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as browser:
        for _ in range(3):
            browser.sendall(b"GET /short HTTP/1.1\r\nhost: here\r\n\r\n")
            head, _, body = browser.recv(ENOUGH).partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 OK")
            assert body == b"short"


def test_a_long_answer_to_a_slow_reader_arrives_whole(port: int) -> None:
    received = bytearray()
    with socket.create_connection(("127.0.0.1", port)) as browser:
        browser.sendall(b"GET /long HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n")
        with contextlib.suppress(ConnectionResetError):
            while data := browser.recv(4096):
                received += data
    assert received.endswith(b"0\r\n\r\n")
    assert all(received.count(bytes([number]) * ENOUGH) == 1 for number in range(PARTS))
