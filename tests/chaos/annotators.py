"""Annotators who keep working while processes die under them, and remember what they were told.

They do what the page's outbox does: an answer is sent again under its id until somebody says what
became of it. Some give up on one now and then, as a browser that is closed for good.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

#: Share of answers that a person never sends again after an error.
GIVEN_UP = 0.3


@dataclass
class Annotator:
    """One person with one browser; `acknowledged` and `given_up` map ids to what was answered."""

    urls: Sequence[str]
    token: str
    project_id: int
    seed: int
    #: Seconds between two answers.
    pause: float = 0.0
    acknowledged: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: dict[str, dict[str, Any]] = field(default_factory=dict)
    given_up: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: Requests that ended without an answer.
    cut_off: int = 0

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)

    def work(self, stopping: threading.Event) -> None:
        """Label until told to stop."""
        with ExitStack() as stack:
            headers = {"Authorization": f"Bearer {self.token}"}
            clients = [
                stack.enter_context(httpx.Client(base_url=url, headers=headers, timeout=10))
                for url in self.urls
            ]
            while not stopping.is_set():
                claims = self._call(clients, "POST", f"/api/v1/projects/{self.project_id}/claims")
                for query in claims["queries"] if claims else ():
                    self._answer(clients, query, stopping)
                    stopping.wait(self.pause)
                if not claims or not claims["queries"]:
                    stopping.wait(0.2)

    def _answer(
        self, clients: list[httpx.Client], query: dict[str, Any], stopping: threading.Event
    ) -> None:
        answer = {"id": str(uuid4()), "query_id": query["id"], "duration_ms": 300}
        answer |= self._choice(query["class_ids"])
        while (said := self._call(clients, "POST", "/api/v1/labels", json=[answer])) is None:
            if stopping.is_set() or self._chance.random() < GIVEN_UP:
                self.given_up[answer["id"]] = answer
                return
        stored = said["verdicts"][0]["verdict"] in ("stored", "repeated")
        (self.acknowledged if stored else self.refused)[answer["id"]] = answer

    def _choice(self, class_ids: list[int]) -> dict[str, Any]:
        match self._chance.random():
            case low if low < 0.05:
                return {"answer": "skip"}
            case low if low < 0.15:
                return {"answer": "unrecognizable"}
            case _:
                return {"answer": "class", "class": self._chance.choice(class_ids)}

    def _call(
        self, clients: list[httpx.Client], method: str, path: str, **options: Any
    ) -> dict[str, Any] | None:
        """Ask one of the web processes; None where it died over it or answers with an error."""
        try:
            response = self._chance.choice(clients).request(method, path, **options)
        except httpx.TransportError:
            self.cut_off += 1
            time.sleep(0.1)
            return None
        if response.is_server_error:
            time.sleep(0.1)
            return None
        found: dict[str, Any] = response.raise_for_status().json()
        return found


@contextmanager
def at_work(annotators: Sequence[Annotator]) -> Iterator[None]:
    """Let annotators label side by side for as long as this lasts; their errors are raised."""
    stopping = threading.Event()
    errors: list[BaseException] = []

    def work(annotator: Annotator) -> None:
        try:
            annotator.work(stopping)
        except BaseException as error:  # noqa: BLE001 - raised again below
            errors.append(error)

    threads = [threading.Thread(target=work, args=(each,)) for each in annotators]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join()
        for error in errors:
            raise error
