"""Answers leave in one piece: a system call and a wake-up of the reader for each, not two.

uvicorn writes an answer's head before its body, and the event loop sends what it is given at once.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop, Transport
from typing import Any

#: Bytes that are sent without waiting for more, so that a reader who is slow is felt.
ENOUGH = 64 * 1024


class Gathering:
    """A transport that holds what is written until the event loop turns."""

    def __init__(self, transport: Transport, loop: AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._held: list[bytes] = []
        self._size = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Hold data, or send it where there is much of it."""
        if not self._held:
            self._loop.call_soon(self._send)
        self._held.append(data)
        self._size += len(data)
        if self._size > ENOUGH:
            self._send()

    def close(self) -> None:
        """Send what is held, and nothing after it."""
        self._send()
        self._transport.close()

    def _send(self) -> None:
        if self._held:
            held, self._held, self._size = self._held, [], 0
            self._transport.write(b"".join(held))
