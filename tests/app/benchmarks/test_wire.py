"""The requests' way: whole answers out of pieces, sleeping lanes, connections that break."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from app.benchmarks.wire import Loop, Reply, Script, clock, parsed

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


@pytest.mark.parametrize("end", range(len(ANSWER)))
def test_part_of_an_answer_is_no_answer(end: int) -> None:
    assert parsed(ANSWER[:end], 0.0) is None


def test_an_answer_is_read_and_what_follows_is_left_alone() -> None:
    reply = parsed(ANSWER + b"HTTP/1.1 404", 0.0)
    assert reply
    assert (reply.status, reply.body, reply.size) == (200, b"hello", len(ANSWER))


def test_an_answer_without_a_length_has_no_body() -> None:
    reply = parsed(b"HTTP/1.1 204 No Content\r\n\r\n", 0.0)
    assert reply
    assert (reply.status, reply.body) == (204, b"")


@pytest.fixture
def port() -> Iterator[int]:
    """A server that answers in two pieces, and hangs up on everybody's second request."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server,), daemon=True).start()
        yield server.getsockname()[1]


def _serve(server: socket.socket) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            connection.recv(1000)
            connection.sendall(ANSWER[:50])
            connection.sendall(ANSWER[50:])
            connection.recv(1000)


def test_a_connection_that_breaks_is_told_and_made_anew(port: int) -> None:
    found: list[int] = []

    def script() -> Script:
        for _ in range(3):
            reply = yield b"GET / HTTP/1.1\r\n\r\n"
            found.append(reply.status if isinstance(reply, Reply) else -1)

    loop = Loop(port)
    loop.add(script())
    assert loop.run(clock() + 20) == 0
    assert found == [200, 0, 200]


def test_a_lane_sleeps_until_somebody_wakes_it(port: int) -> None:
    loop, said = Loop(port), []

    def sleeper() -> Script:
        yield None
        said.append("woken")

    asleep = loop.add(sleeper())

    def waker(wake: Callable[[], None]) -> Script:
        yield clock() + 0.05
        said.append("wakes")
        wake()

    loop.add(waker(lambda: loop.wake(asleep)))
    assert loop.run(clock() + 20) == 0
    assert said == ["wakes", "woken"]


def test_lanes_that_never_end_are_cut_off_and_counted(port: int) -> None:
    def sleeper() -> Script:
        yield None

    loop = Loop(port)
    loop.add(sleeper())
    assert loop.run(clock() + 0.1) == 1
