"""A PostgreSQL of a test's own, that may be killed and comes back."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.deployment import free_port

#: Backends whose postmaster died hold on to its memory until they notice.
_PATIENCE_SECONDS = 60


@dataclass
class Postgres:
    """One cluster in a folder."""

    folder: Path
    binaries: Path
    port: int
    owner: dict[str, Any]
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where its database is."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it, as often as it takes, and wait until it answers."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                self.process = self._begin()
            if self._answers():
                return
            time.sleep(0.2)
        raise AssertionError((self.folder / "log").read_text()[-2000:])

    def _begin(self) -> subprocess.Popen[bytes]:
        settings = ("listen_addresses=127.0.0.1", "max_connections=200", "shared_buffers=32MB")
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [
                    self.binaries / "postgres",
                    *("-D", self.folder / "data", "-p", str(self.port), "-k", self.folder),
                    *(part for each in settings for part in ("-c", each)),
                ],
                stdout=log,
                stderr=log,
                **self.owner,
            )

    def _answers(self) -> bool:
        ready = [self.binaries / "pg_isready", "-h", "127.0.0.1", "-p", str(self.port), "-q"]
        return subprocess.run(ready, check=False).returncode == 0

    def kill(self) -> None:
        """End the postmaster as a power cut would; its backends notice by themselves."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def stop(self) -> None:
        """End it in order."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(20)
            self.process.kill()
            self.process.wait()


def binaries() -> Path | None:
    """Find the newest PostgreSQL that is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return found[-1].parent if found else None


@contextlib.contextmanager
def cluster(programs: Path) -> Iterator[Postgres]:
    """Make a cluster, start it, and end it afterwards."""
    # Not in pytest's folder, which other users may not enter: PostgreSQL refuses to run as root.
    folder = Path(tempfile.mkdtemp(prefix="cusp-chaos-"))
    owner: dict[str, Any] = {}
    if os.geteuid() == 0:
        owner = {"user": "postgres", "group": "postgres", "extra_groups": [], "cwd": folder}
        shutil.chown(folder, "postgres", "postgres")
    initdb = [programs / "initdb", "-D", folder / "data", "-U", "postgres", "--auth=trust"]
    subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, **owner)
    made = Postgres(folder, programs, free_port(), owner)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)
