"""`cusp run`: everything on one machine, web and worker side by side, until Ctrl-C.

Knows how to start, watch and end the two; knows nothing of what they do.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

import httpx
import structlog

from app import ports
from app.config import config

_log = structlog.get_logger()

#: A process that ends is started again after this long, doubled each time it happens at once.
PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
#: A process that lived this long has started well.
STEADY_SECONDS = 20.0
#: How long the processes may take to end in order.
STOP_SECONDS = 8.0


@dataclass
class _Child:
    """One of the processes that are kept running."""

    command: str
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = PAUSE_SECONDS
    due: float = field(default_factory=time.monotonic)

    def keep_running(self) -> None:
        """Start the process when it is not running and its pause is over."""
        if self.process is not None and self.process.poll() is None:
            return
        if self.process is not None:
            self._note_end(self.process.returncode)
        if self.process is None and time.monotonic() >= self.due:
            self._start()

    def _start(self) -> None:
        self.started = time.monotonic()
        # A session of its own, so that Ctrl-C reaches the supervisor alone, which ends the rest.
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", self.command, "--parent", str(os.getpid())],
            start_new_session=True,
        )

    def _note_end(self, code: int) -> None:
        steady = time.monotonic() - self.started > STEADY_SECONDS
        self.pause = PAUSE_SECONDS if steady else min(self.pause * 2, LONGEST_PAUSE_SECONDS)
        self.due = time.monotonic() + self.pause
        self.process = None
        _log.warning("process_ended", command=self.command, code=code, again_in_s=self.pause)

    def ask_to_stop(self) -> None:
        """Tell the process to end in order."""
        if self.process is not None:
            self.process.terminate()

    def stop(self, deadline: float) -> None:
        """Wait until the process has ended, and end it by force when the time is over."""
        if self.process is None:
            return
        try:
            self.process.wait(max(deadline - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def run(ready: Callable[[], None]) -> None:
    """Keep web and worker running until a signal comes; `ready` is called once the web answers."""
    ports.require_free(config().host, config().port)
    children = [_Child("serve"), _Child("worker")]
    stopping = _stop_signal()
    announced = False
    try:
        while not stopping.wait(0.2):
            for child in children:
                child.keep_running()
            if not announced and _answers():
                announced = True
                ready()
    finally:
        for child in children:
            child.ask_to_stop()
        deadline = time.monotonic() + STOP_SECONDS
        for child in children:
            child.stop(deadline)


def _stop_signal() -> threading.Event:
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return stopping


def _answers() -> bool:
    try:
        return httpx.get(_local_url(), timeout=1).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _local_url() -> str:
    host = "127.0.0.1" if config().host in ("0.0.0.0", "::") else config().host  # noqa: S104
    return f"http://{host}:{config().port}{config().root_path}/healthz"
