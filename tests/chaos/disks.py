"""A small disk of its own for a test, which may be full or read-only."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Disk:
    """A file system of a few megabytes."""

    folder: Path

    def mount(self, megabytes: int) -> bool:
        """Make it; False where this user may not."""
        self.folder.mkdir()
        return _ran("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(self.folder))

    def fill(self) -> None:
        """Leave not a byte."""
        with (self.folder / "ballast").open("ab", buffering=0) as file:
            for size in (65536, 4096, 1):
                try:
                    while file.write(bytes(size)) == size:
                        pass
                except OSError:
                    continue

    def grow(self) -> None:
        """Get a larger disk."""
        assert _ran("mount", "-o", "remount,size=200m", str(self.folder))

    def make_read_only(self) -> None:
        """Refuse every write from now on."""
        assert _ran("mount", "-o", "remount,ro", str(self.folder))

    def unmount(self) -> None:
        """Take it away with everything on it."""
        _ran("umount", "--lazy", str(self.folder))


def _ran(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
