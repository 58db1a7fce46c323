"""Starts and ends the server that does nothing, set to the sizes that were measured."""

from __future__ import annotations

import json
import subprocess
import sys
from types import TracebackType

from app.benchmarks.load import Measured
from app.benchmarks.server import MeasurementFailed, Server


class Ceiling:
    """A context whose value is the port to ask."""

    def __init__(self, server: Server, measured: Measured) -> None:
        counts = {name: max(len(times), 1) for name, times in measured.durations.items()}
        sizes = {name: total // counts[name] for name, total in measured.received.items()}
        self._sizes, self._environment = json.dumps(sizes), server.environment()

    def __enter__(self) -> int:
        """Start it and wait until it listens."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "app.benchmarks.ceiling"],
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if self._process.stdin is None or self._process.stdout is None:
            raise MeasurementFailed
        self._process.stdin.write(f"{self._sizes}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it by closing what it reads."""
        self._process.communicate()
