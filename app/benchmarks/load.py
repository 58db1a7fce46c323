"""Simulated annotators for measuring: they answer as fast as the server lets them.

A program of its own, in a process of its own: reads a task as JSON, makes requests over
connections that stay open, and writes what it measured as JSON. Knows the API alone.
"""

from __future__ import annotations

import json
import resource
import sys
import threading
import time
from collections import deque
from dataclasses import asdict, dataclass, field
from http.client import HTTPConnection
from typing import Any
from uuid import uuid4

#: As the annotator's page does: hold so many queries, ask for more below the other number.
HELD, LEAST = 10, 6
_PAUSE_SECONDS = 0.1


@dataclass(frozen=True)
class Task:
    """What to do: label in a project, or only knock where there is no project."""

    port: int
    #: One per annotator.
    tokens: tuple[str, ...]
    project: int | None
    seconds: float
    #: Stop after so many labels, or knocks.
    most: int


@dataclass
class Measured:
    """What came of it; every request's duration in seconds, by what it was for."""

    durations: dict[str, list[float]] = field(default_factory=dict)
    #: Answers by the server's verdict.
    verdicts: dict[str, int] = field(default_factory=dict)
    #: Times that there was nothing to lend.
    idle: int = 0
    seconds: float = 0.0
    #: Processor time of the annotators themselves.
    cpu_seconds: float = 0.0


class Annotator:
    """One annotator on one connection."""

    def __init__(self, task: Task, token: str, measured: Measured) -> None:
        self._task = task
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._measured = measured
        self._connection = HTTPConnection("127.0.0.1", task.port, timeout=60)
        self._ready: deque[dict[str, Any]] = deque()
        self._seen: set[int] = set()
        self._class = 0

    def work(self, until: float) -> None:
        """Go on until the time is up or enough is done."""
        while time.perf_counter() < until and not self._enough():
            if self._task.project is None:
                self._request("knock", "GET", "/healthz")
                continue
            if len(self._ready) < LEAST:
                self._claim()
            if self._ready:
                self._label(self._ready.popleft())

    def _enough(self) -> bool:
        done = self._measured.durations.get("knock" if self._task.project is None else "label", [])
        return len(done) >= self._task.most

    def _claim(self) -> None:
        path = f"/api/v1/projects/{self._task.project}/claims?limit={HELD}"
        claims = json.loads(self._request("claim", "POST", path))
        new = [each for each in claims["queries"] if each["id"] not in self._seen]
        for query in new:
            self._request("image", "GET", query["image_url"])
        self._seen.update(each["id"] for each in new)
        self._ready.extend(new)
        self._class = claims["classes"][0]["id"]
        if not self._ready:
            self._measured.idle += 1
            time.sleep(_PAUSE_SECONDS)

    def _label(self, query: dict[str, Any]) -> None:
        answer = {
            "id": str(uuid4()),
            "query_id": query["id"],
            "answer": "class",
            "class": self._class,
            "duration_ms": 800,
        }
        reply = json.loads(self._request("label", "POST", "/api/v1/labels", [answer]))
        verdict = reply["verdicts"][0]["verdict"]
        self._measured.verdicts[verdict] = self._measured.verdicts.get(verdict, 0) + 1

    def _request(self, purpose: str, method: str, path: str, body: object = None) -> bytes:
        content = None if body is None else json.dumps(body).encode()
        began = time.perf_counter()
        self._connection.request(method, path, content, self._headers)
        response = self._connection.getresponse()
        read = response.read()
        self._measured.durations.setdefault(purpose, []).append(time.perf_counter() - began)
        if response.status != 200:
            raise RuntimeError(f"{method} {path}: {response.status} {read[:300]!r}")
        return read


def run(task: Task) -> Measured:
    """Let all annotators work side by side."""
    parts = [Measured() for _ in task.tokens]
    began = time.perf_counter()
    until = began + task.seconds
    most = Task(**{**asdict(task), "most": task.most // len(parts)})
    threads = [
        threading.Thread(target=Annotator(most, token, part).work, args=(until,))
        for token, part in zip(task.tokens, parts, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    used = resource.getrusage(resource.RUSAGE_SELF)
    whole = joined(parts)
    whole.seconds = time.perf_counter() - began
    whole.cpu_seconds = used.ru_utime + used.ru_stime
    return whole


def joined(parts: list[Measured]) -> Measured:
    """Put together what each annotator measured."""
    whole = Measured()
    for part in parts:
        for purpose, durations in part.durations.items():
            whole.durations.setdefault(purpose, []).extend(durations)
        for verdict, count in part.verdicts.items():
            whole.verdicts[verdict] = whole.verdicts.get(verdict, 0) + count
        whole.idle += part.idle
    return whole


if __name__ == "__main__":
    json.dump(asdict(run(Task(**json.load(sys.stdin)))), sys.stdout)
