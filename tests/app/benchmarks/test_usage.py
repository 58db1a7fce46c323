"""What processes have used, read from this very process and a child of it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from app.benchmarks.usage import Process, below

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")


def test_a_process_has_used_time_and_memory() -> None:
    this = Process(os.getpid(), "")
    assert this.cpu_seconds > 0
    assert (this.peak_memory or 0) > 1024**2


def test_what_a_process_started_is_found_below_it() -> None:
    script = "print('up', flush=True); input()"
    child = subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with child:
        assert child.stdout
        child.stdout.readline()
        assert [each.pid for each in below(os.getpid()) if script in each.command] == [child.pid]


def test_a_process_that_is_gone_has_used_nothing() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert Process(gone.pid, "").cpu_seconds == 0
    assert Process(gone.pid, "").peak_memory is None
    assert list(below(gone.pid)) == []
