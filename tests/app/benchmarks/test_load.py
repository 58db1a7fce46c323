"""Simulated annotators against a server of a few lines that knows the API's shapes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from app.benchmarks.load import HELD, Measured, Task, joined, run


class FakeServer(BaseHTTPRequestHandler):
    """Lends queries from a short list, again and again until they are answered."""

    protocol_version = "HTTP/1.1"
    #: Sends an answer in one piece.
    wbufsize = 65_536
    open_queries: dict[int, None]
    connections: set[Any]

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path.endswith("/labels"):
            [answer] = json.loads(body)
            known = answer["query_id"] in self.open_queries
            self.open_queries.pop(answer["query_id"], None)
            self._answer({"verdicts": [{"verdict": "stored" if known else "closed"}]})
        else:
            lent = [
                {"id": each, "image_url": f"/images/{each}.png"}
                for each in [*self.open_queries][:HELD]
            ]
            self._answer({"queries": lent, "classes": [{"id": 3}]})

    def _answer(self, content: object) -> None:
        self.connections.add(self.client_address)
        written = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(written)))
        self.end_headers()
        self.wfile.write(written)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    FakeServer.open_queries = dict.fromkeys(range(1, 26))
    FakeServer.connections = set()
    served = ThreadingHTTPServer(("127.0.0.1", 0), FakeServer)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    yield served
    served.shutdown()
    served.server_close()


def test_an_annotator_answers_each_query_once_on_one_connection(
    server: ThreadingHTTPServer,
) -> None:
    measured = run(Task(server.server_port, ("token",), project=1, seconds=30, most=25))
    assert measured.verdicts == {"stored": 25}
    assert len(measured.durations["label"]) == 25
    assert len(measured.durations["image"]) == 25
    assert 25 / HELD <= len(measured.durations["claim"]) < 25
    assert len(FakeServer.connections) == 1


def test_an_annotator_without_queries_waits_until_the_time_is_up(
    server: ThreadingHTTPServer,
) -> None:
    FakeServer.open_queries.clear()
    measured = run(Task(server.server_port, ("token",), project=1, seconds=0.3, most=5))
    assert measured.idle >= 1
    assert measured.verdicts == {}


def test_knocking_asks_for_nothing_else(server: ThreadingHTTPServer) -> None:
    measured = run(Task(server.server_port, ("a", "b"), project=None, seconds=30, most=10))
    assert {key: len(values) for key, values in measured.durations.items()} == {"knock": 10}
    assert len(FakeServer.open_queries) == 25


def test_what_annotators_measured_is_put_together() -> None:
    parts = [
        Measured({"label": [1.0]}, {"stored": 1}, idle=1),
        Measured({"label": [2.0], "claim": [3.0]}, {"stored": 2, "closed": 1}),
    ]
    assert joined(parts) == Measured(
        {"label": [1.0, 2.0], "claim": [3.0]}, {"stored": 3, "closed": 1}, idle=1
    )
