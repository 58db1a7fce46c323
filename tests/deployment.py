"""A real deployment for tests: web and worker processes on a data folder of their own.

Everything that a test starts here ends with it, by process id.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import httpx

REPOSITORY = Path(__file__).parent.parent
Found = TypeVar("Found")

#: What has not happened by then hangs; a busy machine is only slow.
GIVE_UP_SECONDS = 300


def free_port() -> int:
    """Find a port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def eventually(look: Callable[[], Found | None], *, what: str) -> Found:
    """Look again and again until something is found; fail with a sentence where nothing comes."""
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{what} did not happen within {GIVE_UP_SECONDS} s")


@dataclass
class Deployment:
    """Processes that share a data folder and a database."""

    data: Path
    database_url: str = ""
    port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where the web process listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The settings that every process gets."""
        return {
            **os.environ,
            "CUSP_DATA": str(self.data),
            "CUSP_DATABASE_URL": self.database_url,
            "PORT": str(self.port),
            "CUSP_LOG_LEVEL": "warning",
        }

    def cusp(self, *arguments: str) -> str:
        """Run one command to its end and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "app", *arguments],
            cwd=REPOSITORY,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=GIVE_UP_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, name: str, *command: str) -> None:
        """Start a process that runs until it is ended; its output goes to a file of its name."""
        log = (self.data / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            [sys.executable, *(command or ("-m", "app", name))],
            cwd=REPOSITORY,
            env=self.environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    def start_web(self) -> None:
        """Start the web process and wait until it answers."""
        self.start("serve")
        eventually(self._answers, what="the web process answering")

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=2).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def kill(self, name: str) -> None:
        """End a process as a power cut would."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def stop(self, name: str) -> None:
        """End a process in order."""
        process = self.processes.pop(name)
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def log(self, name: str) -> str:
        """What a process has written so far."""
        return (self.data / f"{name}.log").read_text(errors="replace")

    def client(self, token: str) -> httpx.Client:
        """Call the API with a bearer token."""
        return httpx.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {token}"}, timeout=120
        )


@contextmanager
def deployment(data: Path, database_url: str = "") -> Iterator[Deployment]:
    """End everything that was started, whatever happens."""
    made = Deployment(data, database_url)
    try:
        yield made
    finally:
        for name in list(made.processes):
            made.stop(name)
