"""Simulated annotators for measuring: the requests of the annotator's page, made at little cost.

A program of its own, in a process of its own: reads a task as JSON, and writes what it measured as
JSON. Knows the API alone. Somebody who thinks presses keys at moments drawn in advance, and an
answer's time runs from that moment: a server that stands still is not flattered by fewer presses.
"""

from __future__ import annotations

import json
import random
import resource
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import uuid4

from app.benchmarks.wire import Lane, Loop, Reply, Script, clock

#: As the annotator's page does: hold so many queries, ask for more below the other number.
HELD, LEAST = 10, 6
_PAUSE_SECONDS = 0.1
#: After the time is up, answers under way are waited for.
_GRACE_SECONDS = 10.0
_OK = 200


@dataclass(frozen=True)
class Task:
    """Who labels what, how fast and for how long."""

    port: int
    #: One annotator each: the secret of a browser's session, and the person's number.
    sessions: tuple[tuple[str, int], ...]
    project: int
    seconds: float
    #: Stop after so many labels.
    most: int
    #: Seconds from one key press to the next: at least and at most; without, as fast as it goes.
    think: tuple[float, float] | None = None
    seed: int = 0


@dataclass
class Measured:
    """What came of it; every request's duration in seconds, by what it was for."""

    durations: dict[str, list[float]] = field(default_factory=dict)
    #: Answers by the server's verdict.
    verdicts: dict[str, int] = field(default_factory=dict)
    #: What went wrong, as `label 500`; 0 is a connection that broke.
    errors: dict[str, int] = field(default_factory=dict)
    #: Bytes that came back, by purpose, headers included.
    received: dict[str, int] = field(default_factory=dict)
    #: Times that there was nothing to lend, and seconds that people sat before no image.
    idle: int = 0
    idle_seconds: float = 0.0
    #: Key presses that came to nothing before the end, and requests without an answer.
    unserved: int = 0
    seconds: float = 0.0
    #: Processor time of the annotators themselves.
    cpu_seconds: float = 0.0

    def note(self, purpose: str, reply: Reply, *, since: float) -> bool:
        """Write down how a request went; say whether it went well."""
        if reply.status != _OK:
            key = f"{purpose} {reply.status}"
            self.errors[key] = self.errors.get(key, 0) + 1
            return False
        self.durations.setdefault(purpose, []).append(reply.ended - since)
        self.received[purpose] = self.received.get(purpose, 0) + reply.size
        return True


def presses(think: tuple[float, float], seconds: float, rng: random.Random) -> list[float]:
    """Draw when somebody opens the page, and the moments of all their key presses."""
    moments = [rng.uniform(0, think[1])]
    while moments[-1] < seconds:
        moments.append(moments[-1] + rng.uniform(*think))
    return moments[:-1] or [0.0]


class Annotator:
    """One person's page: one lane sends answers, the other fetches what comes next."""

    def __init__(self, task: Task, number: int, loop: Loop, measured: Measured) -> None:
        self._task, self._measured, self._loop = task, measured, loop
        rng = random.Random(task.seed * 1000 + number)
        self._head = _head(task, number)
        self._began = clock()
        self._presses = presses(task.think, task.seconds, rng) if task.think else []
        self._ready: deque[int] = deque()
        self._seen: set[int] = set()
        self._sending = 0
        self._class = 0
        self._done = False
        self._fetcher: Lane = loop.add(self._fetch())
        self._answerer: Lane = loop.add(self._answer())

    def _over(self) -> bool:
        late = clock() >= self._began + self._task.seconds
        return self._done or late or self._enough()

    def _enough(self) -> bool:
        return len(self._measured.durations.get("label", ())) >= self._task.most

    # ---- answers ----

    def _answer(self) -> Script:
        moments = self._moments()
        for moment in moments:
            while clock() < moment:
                yield moment
            sat = clock()
            while not self._ready and not self._over():
                yield self._began + self._task.seconds
            self._measured.idle_seconds += clock() - sat
            if not self._ready or self._enough():
                self._measured.unserved += 1 + sum(1 for _ in moments) if moment else 0
                break
            yield from self._send(self._ready.popleft(), moment or clock())
        self._done = True
        self._loop.wake(self._fetcher)

    def _moments(self) -> Iterator[float]:
        """All presses that are meant to be; 0 is at once."""
        for moment in self._presses[1:]:
            yield self._began + moment
        while not self._task.think and not self._over():
            yield 0.0

    def _send(self, query_id: int, since: float) -> Script:
        """Send one answer until it is taken, as the page's outbox does."""
        self._sending = 1
        self._loop.wake(self._fetcher)
        body = (
            f'[{{"id":"{uuid4()}","query_id":{query_id},"answer":"class",'
            f'"class":{self._class},"duration_ms":800}}]'
        )
        request = self._request("POST", "/api/v1/labels", body)
        while True:
            reply = yield request
            if self._measured.note("label", _there(reply), since=since):
                break
            yield clock() + _PAUSE_SECONDS
        self._sending = 0
        self._judge(_there(reply).body)

    def _judge(self, body: bytes) -> None:
        verdict = "stored" if b'"stored"' in body else json.loads(body)["verdicts"][0]["verdict"]
        self._measured.verdicts[verdict] = self._measured.verdicts.get(verdict, 0) + 1

    # ---- what comes next ----

    def _fetch(self) -> Script:
        if self._presses:
            yield self._began + self._presses[0]
        while not self._over():
            if len(self._ready) >= LEAST:
                yield None
                continue
            limit, since = HELD + self._sending, clock()
            path = f"/api/v1/projects/{self._task.project}/claims?limit={limit}"
            reply = _there((yield self._request("POST", path)))
            if not self._measured.note("claim", reply, since=since):
                yield clock() + _PAUSE_SECONDS
                continue
            known = len(self._seen)
            yield from self._load(json.loads(reply.body))
            if self._ready and len(self._seen) == known:
                yield None  # Nothing new: asked again after the next key press.
            elif not self._ready:
                self._measured.idle += 1
                yield clock() + _PAUSE_SECONDS
        self._loop.wake(self._answerer)

    def _load(self, claims: dict[str, list[dict[str, Any]]]) -> Script:
        """Load each new image that did not come along; its query can be answered from then on."""
        self._class = int(claims["classes"][0]["id"])
        for query in claims["queries"]:
            query_id = int(query["id"])
            if query_id in self._seen:
                continue
            if query.get("image") is None:
                reply = _there((yield self._request("GET", str(query["image_url"]))))
                if not self._measured.note("image", reply, since=reply.began):
                    continue
            self._seen.add(query_id)
            self._ready.append(query_id)
            self._loop.wake(self._answerer)

    def _request(self, method: str, path: str, body: str = "") -> bytes:
        kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        return f"{method} {path} HTTP/1.1\r\n{self._head}{kind}\r\n{body}".encode()


def _head(task: Task, number: int) -> str:
    """Return the headers of all requests: what a browser's page sends, and no more."""
    secret, user_id = task.sessions[number]
    return (
        f"Host: 127.0.0.1:{task.port}\r\nOrigin: http://127.0.0.1:{task.port}\r\n"
        f"Cookie: cusp_session={secret}\r\nCusp-User: {user_id}\r\nAccept: application/json\r\n"
    )


def _there(reply: Reply | None) -> Reply:
    if reply is None:
        raise RuntimeError("A lane was woken while it waited for an answer.")
    return reply


def run(task: Task) -> Measured:
    """Let all annotators work side by side."""
    measured, loop = Measured(), Loop(task.port)
    before, began = _cpu_seconds(), clock()
    for number in range(len(task.sessions)):
        Annotator(task, number, loop, measured)
    cut_off = loop.run(began + task.seconds + _GRACE_SECONDS)
    measured.unserved += cut_off
    measured.seconds = min(clock() - began, task.seconds)
    measured.cpu_seconds = _cpu_seconds() - before
    return measured


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def read(text: str) -> Task:
    """Read a task as `asdict` and JSON write it."""
    given = json.loads(text)
    given["sessions"] = tuple((secret, user_id) for secret, user_id in given["sessions"])
    given["think"] = given["think"] and tuple(given["think"])
    return Task(**given)


if __name__ == "__main__":
    json.dump(asdict(run(read(sys.stdin.read()))), sys.stdout)
