"""Processes that belong together: a child ends with its parent, one server per data folder."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.errors import AlreadyRunning

_PR_SET_PDEATHSIG = 1


def die_with(parent: int) -> None:
    """End this process when its parent ends, however that happens.

    Linux does it at once; elsewhere a stage's child goes on until its next report, which finds
    that the stage has been taken over.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("The process that started this one is gone.")


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
