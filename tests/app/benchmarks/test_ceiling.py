"""The server that does nothing answers annotators in the API's shapes and the given sizes."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.benchmarks.ceiling import Bodies
from app.benchmarks.ceiling_process import Ceiling
from app.benchmarks.load import Measured, Task, run
from app.benchmarks.server import Server

SIZES = {"label": 600, "claim": 4000, "image": 900}


def test_annotators_find_work_at_a_server_that_does_nothing(tmp_path: Path) -> None:
    before = Measured({name: [1.0] for name in SIZES}, received=SIZES)
    with Ceiling(Server(tmp_path), before) as port:
        measured = run(Task(port, (("a", 1), ("b", 2)), project=1, seconds=20, most=60))
    labels = measured.verdicts["stored"]
    assert 60 <= labels <= 62
    assert measured.errors == {}
    assert measured.received["label"] // labels in (599, 600)


@pytest.mark.parametrize(
    ("request_line", "purpose"),
    [
        (b"POST /api/v1/labels HTTP/1.1", "label"),
        (b"POST /api/v1/projects/1/claims?limit=10 HTTP/1.1", "claim"),
        (b"GET /images/abc.png HTTP/1.1", "image"),
    ],
)
def test_an_answer_is_as_long_as_the_measured_one(request_line: bytes, purpose: str) -> None:
    assert abs(len(Bodies(SIZES).to(request_line)) - SIZES[purpose]) <= 2
