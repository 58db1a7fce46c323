"""Simulated annotators against a server of a few lines that knows the API's shapes."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from app.benchmarks.load import HELD, Task, presses, read, run


class FakeServer(BaseHTTPRequestHandler):
    """Lends queries from a short list, again and again until they are answered."""

    protocol_version = "HTTP/1.1"
    #: Sends an answer in one piece.
    wbufsize = 65_536
    open_queries: dict[int, None]
    connections: set[Any]
    #: Answers by id, each as often as it came in.
    answers: list[dict[str, Any]]
    cookies: set[str]
    #: So many answers are refused with a 503 at first.
    refusals: int
    #: Seconds that the first answer waits.
    delay: float

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path.endswith("/labels"):
            [answer] = json.loads(body)
            self.answers.append(answer)
            self.cookies.add(self.headers["cookie"])
            time.sleep(self.delay if len(self.answers) == 1 else 0)
            if len(self.answers) <= self.refusals:
                self._answer({}, status=503)
                return
            known = answer["query_id"] in self.open_queries
            self.open_queries.pop(answer["query_id"], None)
            self._answer({"verdicts": [{"verdict": "stored" if known else "closed"}]})
        else:
            lent = [
                {"id": each, "image_url": f"/images/{each}.png"}
                for each in [*self.open_queries][:HELD]
            ]
            self._answer({"queries": lent, "classes": [{"id": 3}]})

    def _answer(self, content: object, status: int = 200) -> None:
        self.connections.add(self.client_address)
        written = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(written)))
        self.end_headers()
        self.wfile.write(written)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    FakeServer.open_queries = dict.fromkeys(range(1, 26))
    FakeServer.connections, FakeServer.cookies, FakeServer.answers = set(), set(), []
    FakeServer.refusals, FakeServer.delay = 0, 0.0
    served = ThreadingHTTPServer(("127.0.0.1", 0), FakeServer)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    yield served
    served.shutdown()
    served.server_close()


def _task(
    server: ThreadingHTTPServer,
    *,
    seconds: float = 30.0,
    most: int = 25,
    think: tuple[float, float] | None = None,
) -> Task:
    sessions = (("secret", 7),)
    return Task(server.server_port, sessions, 1, seconds=seconds, most=most, think=think)


def test_an_annotator_answers_each_query_once_on_two_connections(
    server: ThreadingHTTPServer,
) -> None:
    measured = run(_task(server))
    assert measured.verdicts == {"stored": 25}
    assert [len(measured.durations[each]) for each in ("label", "image")] == [25, 25]
    assert 25 / HELD <= len(measured.durations["claim"]) < 25
    assert len(FakeServer.connections) == 2
    assert FakeServer.cookies == {"cusp_session=secret"}
    assert sorted(each["query_id"] for each in FakeServer.answers) == [*range(1, 26)]
    assert (measured.errors, measured.unserved) == ({}, 0)


def test_an_annotator_without_queries_waits_until_the_time_is_up(
    server: ThreadingHTTPServer,
) -> None:
    FakeServer.open_queries.clear()
    measured = run(_task(server, seconds=0.5))
    assert measured.idle >= 1
    assert measured.idle_seconds > 0.3
    assert measured.verdicts == {}


def test_an_answer_is_sent_again_under_its_id_until_it_is_taken(
    server: ThreadingHTTPServer,
) -> None:
    FakeServer.refusals = 2
    measured = run(_task(server, most=1))
    assert measured.errors == {"label 503": 2}
    assert measured.verdicts == {"stored": 1}
    assert len({each["id"] for each in FakeServer.answers}) == 1
    assert len(FakeServer.answers) == 3


def test_an_answer_that_a_stalled_server_held_up_counts_from_its_key_press(
    server: ThreadingHTTPServer,
) -> None:
    FakeServer.delay = 1.0
    measured = run(_task(server, seconds=1.2, think=(0.1, 0.1), most=1000))
    late = sorted(measured.durations["label"])
    assert len(late) + measured.unserved > 5
    # Each press during the standstill waited for the rest of it, not only the first.
    assert sum(each > 0.3 for each in late) >= 4


def test_key_presses_are_drawn_in_advance_and_the_same_again() -> None:
    drawn = [list(presses((1, 3), 60, random.Random(5))) for _ in range(2)]
    assert drawn[0] == drawn[1]
    gaps = [after - before for before, after in zip(drawn[0], drawn[0][1:], strict=False)]
    assert all(1 <= gap <= 3 for gap in gaps)
    assert 20 <= len(drawn[0]) <= 60
    assert drawn[0][0] < 3


def test_a_task_survives_the_way_to_its_process(server: ThreadingHTTPServer) -> None:
    task = _task(server, think=(1.0, 3.0))
    assert read(json.dumps(asdict(task))) == task
