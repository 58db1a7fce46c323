"""A server to measure: `cusp run` on a data folder of its own, on loopback.

Knows how to start, find and end it; knows nothing of what is measured.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from app.benchmarks.usage import Process, below
from app.config import config
from app.errors import AppError

_STOP_SECONDS = 20
_PATIENCE_SECONDS = 180
_LINK = re.compile(r"http://\S+/sign-in/\S+")
#: Settings of this machine's own server that the measured one shares.
_KEPT = ("CUSP_DEVICE", "CUSP_THREADS")
Found = TypeVar("Found")


class MeasurementFailed(AppError):
    """The server that should be measured did not do its part; its log says why."""

    status_code = 500


@dataclass
class Server:
    """One server, its folder and its processes."""

    folder: Path
    database_url: str = ""
    port: int = field(default_factory=lambda: _free_port())
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> str:
        """Where its database is."""
        return self.database_url or f"sqlite:///{self.folder / 'cusp.sqlite'}"

    @property
    def output(self) -> str:
        """What it has printed so far."""
        return (self.folder / "output.log").read_text(errors="replace")

    def start(self) -> None:
        """Start web and worker."""
        with (self.folder / "output.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app", "run"],
                env=self.environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def environment(self) -> dict[str, str]:
        """Return the settings of the measured server: the defaults, in a folder of its own."""
        kept = {
            key: value
            for key, value in os.environ.items()
            if key in _KEPT or not key.startswith("CUSP_")
        }
        return {
            **kept,
            "CUSP_DATA": str(self.folder),
            "CUSP_DATABASE_URL": self.database_url,
            "PORT": str(self.port),
        }

    def call(self, module: str, text: str = "") -> str:
        """Run a module in a process of its own with the server's settings; return its output."""
        done = subprocess.run(
            [sys.executable, "-m", module],
            env=self.environment(),
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise MeasurementFailed(f"{module} ended with: {done.stderr.strip()[-800:]}")
        return done.stdout

    def ready(self) -> str:
        """Wait until it says that it is ready and return the admin's sign-in link."""
        return self.eventually(lambda: _LINK.search(self.output), "say that it is ready")[0]

    def eventually(self, look: Callable[[], Found | None], what: str) -> Found:
        """Look again and again until something is found."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            found = look()
            if found is not None:
                return found
            time.sleep(0.05)
        raise MeasurementFailed(f"The server did not {what}. It said: {self.output[-800:]}")

    def find(self, command: str) -> Process | None:
        """Find the process that runs `cusp <command>`."""
        if self.process is None:
            return None
        wanted = f"-m app {command}"
        return next((each for each in below(self.process.pid) if wanted in each.command), None)

    def stop(self) -> None:
        """End it in order, or at last by force."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


@contextmanager
def fresh(database_url: str = "") -> Iterator[Server]:
    """Lend a server that is not started yet, on the disk of the data folder; end it afterwards.

    Without a database it keeps a SQLite file in its folder.
    """
    config().data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=config().data) as folder:
        server = Server(Path(folder).resolve(), database_url)
        try:
            yield server
        finally:
            server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
