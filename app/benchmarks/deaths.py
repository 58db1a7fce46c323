"""How soon work goes on after a process was killed, and how soon all end that are asked to.

Everything stays as people have it: what starts the dead again is the product's own.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from statistics import median

import httpx

from app.benchmarks import labeling
from app.benchmarks.labeling import Bench
from app.benchmarks.plan import LoadPlan, Plan, Say
from app.benchmarks.report import Table
from app.benchmarks.server import MeasurementFailed, Server
from app.benchmarks.usage import Process, below

IMAGES = 2_000
TIMES = 3


def measure(_plan: Plan, say: Say) -> Table:
    """Kill each process a few times while a worker trains, and interrupt the whole in the end."""
    rows = []
    with labeling.started(LoadPlan(images=IMAGES), 1, say) as bench:
        for what, until, back in DEATHS:
            seconds = [back(bench) for _ in range(TIMES)]
            rows.append((what, until, f"{median(seconds):.1f}", f"{max(seconds):.1f}"))
            say(" · ".join(rows[-1]))
    return Table(
        "After a death",
        ("What happens", "Until", "Seconds", "Longest"),
        tuple(rows),
        f"Medians of {TIMES}, while a worker trains. The dead are killed by `SIGKILL` and started"
        " again by `cusp run`; a worker's work is taken over once it is seen to be dead.",
    )


def web_answers(bench: Bench) -> float:
    """Kill the web process; return the seconds until another one answers."""
    dead = _trained(bench, "serve")
    return _timed(bench.server, lambda: _kill(dead), lambda: _healthy(bench.server, dead))


def training_goes_on(bench: Bench, victim: str) -> float:
    """Kill the worker, or the training alone; return the seconds until a training runs again."""
    dead, before = _trained(bench, victim), bench.process("stage")
    return _timed(bench.server, lambda: _kill(dead), lambda: _other(bench.server, before))


def all_end(bench: Bench) -> float:
    """Press Ctrl-C; return the seconds until no process is left, and start all again."""
    _trained(bench, "stage")
    server, process = bench.server, bench.server.process
    if process is None:
        raise MeasurementFailed("There is no server to interrupt; its log says why.")
    family = [*below(process.pid)]

    def ended() -> bool:
        return process.poll() is not None and not any(each.memory for each in family)

    seconds = _timed(server, lambda: process.send_signal(signal.SIGINT), ended)
    server.start()
    server.eventually(lambda: _healthy(server) or None, "answer again")
    return seconds


DEATHS: tuple[tuple[str, str, Callable[[Bench], float]], ...] = (
    ("The web process is killed", "another one answers", web_answers),
    (
        "The worker is killed",
        "a training runs again",
        lambda bench: training_goes_on(bench, "worker"),
    ),
    ("The training is killed", "another one runs", lambda bench: training_goes_on(bench, "stage")),
    ("Ctrl-C while it trains", "no process is left", all_end),
)


def _trained(bench: Bench, command: str) -> Process:
    """Find a process that is to die, once there is a training beside it."""
    if not bench.trains:
        bench.train()
    bench.server.eventually(lambda: bench.server.find("stage"), "train")
    return bench.process(command)


def _timed(server: Server, strike: Callable[[], None], over: Callable[[], bool]) -> float:
    began = time.perf_counter()
    strike()
    server.eventually(lambda: over() or None, "get over a death")
    return time.perf_counter() - began


def _kill(process: Process) -> None:
    os.kill(process.pid, signal.SIGKILL)


def _other(server: Server, before: Process) -> bool:
    found = server.find("stage")
    return found is not None and found.pid != before.pid


def _healthy(server: Server, dead: Process | None = None) -> bool:
    found = server.find("serve")
    if found is None or found == dead:
        return False
    try:
        return httpx.get(f"{server.url}/healthz", timeout=2).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
