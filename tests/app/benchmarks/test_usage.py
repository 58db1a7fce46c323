"""What processes have used, read from this very process and a child of it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from app.benchmarks.usage import Process, below, postmaster

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


def test_what_a_family_used_includes_children_that_have_ended() -> None:
    this = Process(os.getpid(), "")
    before = this.family_seconds - this.cpu_seconds
    subprocess.run([sys.executable, "-c", "for _ in range(5_000_000): pass"], check=True)
    assert this.family_seconds - this.cpu_seconds > before
    assert this.memory
    assert 0 < this.memory <= (this.peak_memory or 0)


def test_no_postgres_is_found_by_a_name_that_no_database_has() -> None:
    assert postmaster("a_database_that_nobody_made") is None
