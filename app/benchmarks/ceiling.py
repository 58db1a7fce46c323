"""A server that does nothing: it answers what annotators ask for with bodies that are ready.

A program of its own: reads the sizes of the answers as JSON, prints its port, and serves until its
standard input ends. What annotators reach against it is the most that they can measure of another
server. Knows the shapes of the API and no meaning.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from itertools import count

#: Of ten queries in an answer the page holds about half already.
_NEW, _KNOWN = 5, 5
_VERDICT = b'{"verdicts":[{"id":null,"verdict":"stored"}]}'


@dataclass
class Bodies:
    """The answers by purpose, as long as those of the measured server."""

    sizes: dict[str, int]

    def __post_init__(self) -> None:
        self._ids = count(_KNOWN + 1)
        self._label = self._filled("label", _VERDICT)
        self._image = self._filled("image", b"")

    def to(self, request: bytes) -> bytes:
        """Answer a request by its first line."""
        if request.startswith(b"GET"):
            return self._image
        if request.startswith(b"POST /api/v1/labels"):
            return self._label
        ids = [next(self._ids) for _ in range(_NEW)] + list(range(1, _KNOWN + 1))
        # Where images came along with claims, so they do here.
        image = None if "image" in self.sizes else ""
        queries = [{"id": each, "image_url": f"/{each:064}", "image": image} for each in ids]
        claims = {"queries": queries, "classes": [{"id": 1}]}
        return self._filled("claim", json.dumps(claims).encode())

    def _filled(self, purpose: str, body: bytes) -> bytes:
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
        missing = self.sizes.get(purpose, 0) - len(body) - len(head) - 2
        filled = body + b" " * max(missing, 0)
        return head % len(filled) + filled


class Connection(asyncio.Protocol):
    """One connection: a request is complete when its headers and its body are there."""

    def __init__(self, bodies: Bodies) -> None:
        self._bodies, self._buffer = bodies, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is complete."""
        self._buffer += data
        while (size := _size(self._buffer)) and len(self._buffer) >= size:
            request, self._buffer = self._buffer[:size], self._buffer[size:]
            self._transport.write(self._bodies.to(request))  # type: ignore[attr-defined]


def _size(buffer: bytes) -> int:
    """Return the length of the request in front; 0 while its headers are not complete."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return 0
    head = buffer[: end + 2].lower()
    at = head.find(b"\r\ncontent-length:")
    return end + 4 + (int(head[at + 17 : head.find(b"\r", at + 17)]) if at >= 0 else 0)


async def serve(sizes: dict[str, int]) -> None:
    """Listen on a free port of loopback until standard input ends."""
    loop, bodies = asyncio.get_running_loop(), Bodies(sizes)
    server = await loop.create_server(lambda: Connection(bodies), "127.0.0.1", 0, backlog=512)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.stdin.readline())))
