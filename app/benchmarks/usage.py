"""What a process and those it started have used, as Linux tells it below /proc."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Process:
    """One running process."""

    pid: int
    command: str

    @property
    def cpu_seconds(self) -> float:
        """Processor time so far, of all its threads; zero once it is gone."""
        fields = _read(self.pid, "stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS if fields else 0.0

    @property
    def family_seconds(self) -> float:
        """Processor time so far of it, of its children that ended, and of those that live."""
        fields = _read(self.pid, "stat").rpartition(")")[2].split()
        own = sum(int(each) for each in fields[11:15]) / _TICKS
        return own + sum(each.cpu_seconds for each in below(self.pid))

    @property
    def memory(self) -> int | None:
        """Memory resident now, in bytes."""
        return self._kibibytes("VmRSS:")

    @property
    def peak_memory(self) -> int | None:
        """The most memory that it held at once, in bytes."""
        return self._kibibytes("VmHWM:")

    @property
    def own_memory(self) -> int:
        """Memory resident now that no file backs, in bytes; zero once it is gone."""
        return self._kibibytes("RssAnon:") or 0

    def _kibibytes(self, name: str) -> int | None:
        for line in _read(self.pid, "status").splitlines():
            if line.startswith(name):
                return int(line.split()[1]) * 1024
        return None


def below(pid: int) -> Iterator[Process]:
    """Go through the processes that a process started, and theirs."""
    for child in _children(pid):
        words = _read(child, "cmdline").split("\0")
        yield Process(child, " ".join(words).strip())
        yield from below(child)


def postmaster(database: str) -> Process | None:
    """Find the Postgres server on this machine that has connections to a database."""
    for folder in Path("/proc").iterdir():
        words = _read(int(folder.name), "cmdline") if folder.name.isdigit() else ""
        if words.startswith("postgres:") and database in words.split():
            parent = _read(int(folder.name), "stat").rpartition(")")[2].split()[1]
            return Process(int(parent), _read(int(parent), "cmdline"))
    return None


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task")
    try:
        threads = [each.name for each in tasks.iterdir()]
    except OSError:
        return []
    lists = [_read(pid, f"task/{thread}/children") for thread in threads]
    return [int(each) for line in lists for each in line.split()]


def _read(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text(errors="replace")
    except OSError:
        return ""
