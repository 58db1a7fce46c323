"""Many kept-alive HTTP connections in one thread, so that making requests costs next to nothing.

A lane is a connection and a script: a generator that yields a request's bytes and is sent the
`Reply`, or yields a moment to sleep until, or None to sleep until somebody wakes it. Knows as much
of HTTP/1.1 as our own server speaks; knows nothing of what is asked.
"""

from __future__ import annotations

import heapq
import selectors
import socket
import time
from collections.abc import Generator
from dataclasses import dataclass
from itertools import count

#: The clock of all moments here.
clock = time.perf_counter
_CHUNK = 262_144
#: A connection that broke is tried again so late at the earliest.
_AGAIN_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; a status of 0 says that the connection broke."""

    status: int
    body: bytes
    #: When the request was sent and when the whole answer was there.
    began: float
    ended: float
    #: Bytes of the whole answer, headers included.
    size: int = 0


Script = Generator[bytes | float | None, Reply | None, None]


class Lane:
    """One connection and the script that uses it."""

    __slots__ = ("asleep", "began", "buffer", "call", "script", "socket")

    def __init__(self, script: Script) -> None:
        self.script = script
        self.socket: socket.socket | None = None
        self.buffer = b""
        self.began = 0.0
        #: Whether it may be woken, and which of its sleeps this is.
        self.asleep = False
        self.call = 0


class Loop:
    """Runs all lanes against one port of this machine."""

    def __init__(self, port: int) -> None:
        self._address = ("127.0.0.1", port)
        self._selector = selectors.DefaultSelector()
        self._timers: list[tuple[float, int, int, Lane]] = []
        self._order = count()
        self._lanes: set[Lane] = set()

    def add(self, script: Script) -> Lane:
        """Take a script in; it begins with the loop."""
        lane = Lane(script)
        self._lanes.add(lane)
        self._sleep(lane, 0.0)
        return lane

    def wake(self, lane: Lane) -> None:
        """Let a sleeping lane go on; one that waits for an answer is left alone."""
        if lane.asleep:
            self._sleep(lane, 0.0)

    def run(self, until: float) -> int:
        """Go on until all scripts have ended or time is up; return how many were cut off."""
        while self._lanes and (now := clock()) < until:
            self._run_due(now)
            wait = min(self._timers[0][0], until) - clock() if self._timers else until - clock()
            if not self._selector.get_map():
                time.sleep(max(wait, 0.0) if self._lanes else 0)
                continue
            for key, _ in self._selector.select(max(wait, 0.0)):
                self._read(key.data)
        left = len(self._lanes)
        for lane in list(self._lanes):
            self._end(lane)
        self._selector.close()
        return left

    def _run_due(self, now: float) -> None:
        while self._timers and self._timers[0][0] <= now:
            _, _, call, lane = heapq.heappop(self._timers)
            if lane.asleep and lane.call == call:
                lane.asleep = False
                self._advance(lane, None)

    def _sleep(self, lane: Lane, until: float) -> None:
        lane.asleep = True
        lane.call += 1
        heapq.heappush(self._timers, (until, next(self._order), lane.call, lane))

    def _advance(self, lane: Lane, reply: Reply | None) -> None:
        """Let a script go on to what it wants next."""
        try:
            wanted = lane.script.send(reply)
        except StopIteration:
            self._end(lane)
            return
        if isinstance(wanted, bytes):
            self._send(lane, wanted)
        elif wanted is None:
            lane.asleep = True
            lane.call += 1
        else:
            self._sleep(lane, wanted)

    def _send(self, lane: Lane, request: bytes) -> None:
        lane.began = clock()
        try:
            # A request is smaller than any socket's buffer, and there is one at a time.
            (lane.socket or self._connect(lane)).sendall(request)
        except OSError:
            self._broken(lane)

    def _connect(self, lane: Lane) -> socket.socket:
        made = socket.create_connection(self._address, timeout=5)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.setblocking(False)
        lane.socket = made
        self._selector.register(made, selectors.EVENT_READ, lane)
        return made

    def _read(self, lane: Lane) -> None:
        try:
            chunk = lane.socket.recv(_CHUNK) if lane.socket else b""
        except BlockingIOError:
            return
        except OSError:
            chunk = b""
        if not chunk:
            self._broken(lane)
            return
        lane.buffer = lane.buffer + chunk if lane.buffer else chunk
        reply = parsed(lane.buffer, lane.began)
        if reply is not None:
            lane.buffer = lane.buffer[reply.size :]
            self._advance(lane, reply)

    def _broken(self, lane: Lane) -> None:
        """Tell the script, a little later, that no answer will come."""
        self._disconnect(lane)
        lane.script = _after(lane.script, Reply(0, b"", lane.began, clock()))
        self._sleep(lane, clock() + _AGAIN_SECONDS)

    def _disconnect(self, lane: Lane) -> None:
        if lane.socket is not None:
            self._selector.unregister(lane.socket)
            lane.socket.close()
        lane.socket, lane.buffer = None, b""

    def _end(self, lane: Lane) -> None:
        self._disconnect(lane)
        lane.asleep = False
        lane.script.close()
        self._lanes.discard(lane)


def _after(script: Script, reply: Reply) -> Script:
    """Go on with a script by handing it a reply first."""
    try:
        wanted = script.send(reply)
        while True:
            wanted = script.send((yield wanted))
    except StopIteration:
        return


def parsed(buffer: bytes, began: float) -> Reply | None:
    """Read one whole answer from the front of a buffer; None while some of it is missing."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = buffer[: end + 2].lower()
    at = head.find(b"\r\ncontent-length:")
    length = int(head[at + 17 : head.find(b"\r", at + 17)]) if at >= 0 else 0
    size = end + 4 + length
    if len(buffer) < size:
        return None
    return Reply(int(buffer[9:12]), buffer[end + 4 : size], began, clock(), size)
