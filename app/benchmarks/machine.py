"""What a benchmark ran on: processor, memory, disk and versions, but not whose machine it is."""

from __future__ import annotations

import os
import platform
import tempfile
import time
from importlib import metadata
from pathlib import Path
from statistics import median

from app.benchmarks.report import Table, mebibytes, spoken
from app.config import config
from app.rounds.devices import device

#: What is not the same on one machine from hour to hour.
PASSING = frozenset(
    {"Writing 4 KiB to the disk for good", "Busy with other things at the beginning"}
)
_WRITES = 50


def describe(folder: Path) -> Table:
    """Describe the machine; the folder lies on the disk that is meant."""
    settings = config()
    rows = {
        "Processor": f"{_processor()}, {os.cpu_count()} cores",
        "Memory": mebibytes(_memory()),
        "Writing 4 KiB to the disk for good": spoken(seconds_per_write(folder)),
        "Busy with other things at the beginning": f"{os.getloadavg()[0]:.1f} cores",
        "System": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "torch": metadata.version("torch"),
        "Trained on": f"{device()}, {settings.threads or 'all'} thread(s)",
    }
    return Table("Machine", ("What", "Found"), tuple(rows.items()))


def seconds_per_write(folder: Path) -> float:
    """Measure how long the disk takes to keep a few bytes: a part of every answer."""
    seconds = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(_WRITES):
            file.write(bytes(4096))
            file.flush()
            began = time.perf_counter()
            os.fsync(file.fileno())
            seconds.append(time.perf_counter() - began)
    return median(seconds)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
