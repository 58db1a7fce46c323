"""A row of one run, to be changed as a test needs it."""

from __future__ import annotations

import json

from models.experiments.results import Row

ROW = Row(
    task="small",
    pool_size=0,
    arm="small",
    seed=3,
    fold=1,
    answers=30,
    settings_sha256="0",
    pool_sha256="1",
    tests_sha256="{}",
    oracle_threshold=0.9,
    seconds=1.5,
    posed=json.dumps({"pool": 10, "synthesized": 20}),
    refused=json.dumps({"pool": 0, "synthesized": 6}),
    refused_if_bold=json.dumps({"pool": 0, "synthesized": 3}),
    curve=json.dumps([[10, 10, {"t": 0.5}], [20, 16, {"t": 0.9}], [30, 24, {"t": 0.8}]]),
    settings="{}",
)
