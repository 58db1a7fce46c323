"""A browser's tab as a program: it labels, and keeps answers in a file until the server has them.

The file is the page's outbox and its memory in one: a line per answer before it is sent, a line
per verdict when it came. Killed and started again on the same file it first sends what has no
verdict, as the page does after a crash. Now and then it delivers an answer twice.
"""

from __future__ import annotations

import http.client
import json
import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

#: The most answers of one request, as in the page.
BATCH = 50
DELIVERED_TWICE = 0.1


@dataclass(frozen=True)
class Asked:
    """What a tab is told when it opens."""

    port: int
    token: str
    project_id: int
    journal: str
    seed: int
    #: Seconds between two answers.
    pause: float


@dataclass
class Journal:
    """What the file says: answers in their order, and the verdicts on them."""

    answers: dict[str, dict[str, Any]]
    verdicts: dict[str, list[str]]

    @property
    def waiting(self) -> list[dict[str, Any]]:
        """Answers without a verdict."""
        return [answer for each, answer in self.answers.items() if each not in self.verdicts]


def read(path: Path) -> Journal:
    """Read a journal; a line that was cut off says nothing."""
    found = Journal({}, {})
    for line in path.read_text().splitlines() if path.exists() else ():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if "verdict" in entry:
            found.verdicts.setdefault(entry["id"], []).append(entry["verdict"])
        else:
            found.answers[entry["id"]] = entry
    return found


class Tab:
    """One person's page."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._chance = random.Random(asked.seed)
        path = Path(asked.journal)
        self._journal = read(path)
        self._seen = {each["query_id"] for each in self._journal.answers.values()}
        # Unbuffered: what is written is with the system, and outlives this process.
        self._file = path.open("ab", buffering=0)
        self._file.write(b"\n")
        self._connection = http.client.HTTPConnection("127.0.0.1", asked.port, timeout=20)

    def work(self) -> None:
        """Label until killed."""
        self._deliver(self._journal.waiting)
        while True:
            path = f"/api/v1/projects/{self._asked.project_id}/claims?limit=6"
            queries = self._call(path, None)["queries"]
            new = [each for each in queries if each["id"] not in self._seen]
            for query in new:
                self._deliver([self._answer(query)])
                time.sleep(self._asked.pause)
            if not new:
                time.sleep(0.2)

    def _answer(self, query: dict[str, Any]) -> dict[str, Any]:
        answer = {"id": str(uuid4()), "query_id": query["id"], "duration_ms": 300}
        match self._chance.random():
            case low if low < 0.05:
                answer["answer"] = "skip"
            case low if low < 0.15:
                answer["answer"] = "unrecognizable"
            case _:
                answer |= {"answer": "class", "class": self._chance.choice(query["class_ids"])}
        self._seen.add(query["id"])
        self._write(answer)
        return answer

    def _deliver(self, answers: list[dict[str, Any]]) -> None:
        while answers:
            batch, answers = answers[:BATCH], answers[BATCH:]
            times = 2 if self._chance.random() < DELIVERED_TWICE else 1
            for _ in range(times):
                for said in self._call("/api/v1/labels", batch)["verdicts"]:
                    problem = (said["problem"] or {}).get("slug", "")
                    self._write({"id": said["id"], "verdict": said["verdict"], "why": problem})

    def _write(self, entry: dict[str, Any]) -> None:
        self._file.write(json.dumps(entry).encode() + b"\n")

    def _call(self, path: str, body: object) -> dict[str, Any]:
        """Ask until the server answers well; a server that is gone comes back."""
        headers = {
            "Authorization": f"Bearer {self._asked.token}",
            "Content-Type": "application/json",
        }
        content = None if body is None else json.dumps(body)
        while True:
            try:
                self._connection.request("POST", path, content, headers)
                response = self._connection.getresponse()
                text = response.read()
            except (OSError, http.client.HTTPException):
                self._connection.close()
                time.sleep(0.1)
                continue
            if response.status == http.client.OK:
                found: dict[str, Any] = json.loads(text)
                return found
            if response.status < http.client.INTERNAL_SERVER_ERROR:
                raise SystemExit(f"{path}: {response.status} {text[:300]!r}")
            time.sleep(0.1)


if __name__ == "__main__":
    Tab(Asked(**json.loads(sys.argv[1]))).work()
