"""Processes that belong together: a child ends with its parent, one server per data folder."""

from __future__ import annotations

import ctypes
import fcntl
import os
import random
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.errors import AlreadyRunning

_PR_SET_PDEATHSIG = 1
_M_ARENA_MAX = -8
#: Places in memory that threads take turns with.
ARENAS = 2
#: How far a process steps back that gives way, of 19.
NICENESS = 10


def die_with(parent: int) -> None:
    """End this process when its parent ends, however that happens.

    Linux does it at once; elsewhere a stage's child goes on until its next report, which finds
    that the stage has been taken over.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("The process that started this one is gone.")


def give_way() -> None:
    """Let everything else go first, as far as the processors do not suffice for all.

    Linux runs an idle task only where nothing else of its group wants to, and at once makes room
    for whatever wakes up. A session is a group (`man 7 sched`, autogroups): in one of its own, this
    process still gets a group's share of processors that others keep busy for long. What holds for
    a thread on Linux has to be said to each.
    """
    os.nice(NICENESS)
    if sys.platform == "linux":
        with suppress(OSError):
            os.setsid()
            for thread in Path("/proc/self/task").iterdir():
                os.sched_setscheduler(int(thread.name), os.SCHED_IDLE, os.sched_param(0))


def share_memory() -> None:
    """Let threads use again what other threads have freed; to be called before there are any.

    glibc gives threads arenas of their own, up to eight for each core, and keeps there what they
    free: a process whose threads come and go would seem to grow for hours (`man 3 mallopt`).
    """
    if sys.platform == "linux":
        with suppress(AttributeError):  # Another library of C, which has no arenas.
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, ARENAS)


def keep_to_one_processor() -> None:
    """Let this process run on one of its processors, drawn by lot; to be called before there are
    other threads.

    Only one of them holds the interpreter at a time. Wherever they hand it over between processors,
    one has to be woken up, and what it needs is in the other one's cache.
    """
    if sys.platform == "linux":
        with suppress(OSError):  # A sandbox may forbid it; then it is slower.
            os.sched_setaffinity(0, {random.choice(sorted(os.sched_getaffinity(0)))})


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold a folder for this process, or raise `AlreadyRunning`."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "run.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise AlreadyRunning(
                f"Cusp already runs on {folder} (process {file.read().strip() or 'unknown'}). "
                "Stop it first, or set CUSP_DATA to another folder."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
