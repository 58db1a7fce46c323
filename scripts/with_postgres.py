"""Run a command with a throw-away PostgreSQL on loopback, named by CUSP_TEST_POSTGRES_URL.

Where PostgreSQL is not installed the command runs without one, and its tests say what they skip.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "postgres"


def main() -> int:
    """Run the command given on the command line; return its exit code."""
    if "CUSP_TEST_POSTGRES_URL" in os.environ or (binaries := _binaries()) is None:
        return subprocess.run(sys.argv[1:], check=False).returncode
    with _postgres(binaries) as url:
        environment = {**os.environ, "CUSP_TEST_POSTGRES_URL": url}
        return subprocess.run(sys.argv[1:], check=False, env=environment).returncode


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return found[-1].parent if found else None


@contextmanager
def _postgres(binaries: Path) -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="cusp-postgres-"))
    port = _free_port()
    try:
        _as_owner(
            folder,
            binaries / "initdb",
            "-D",
            folder / "data",
            "-U",
            USER,
            "--auth=trust",
            "--no-sync",
        )
        server = _start(folder, binaries, port)
        try:
            _wait(binaries, port)
            yield f"postgresql://{USER}@127.0.0.1:{port}/postgres"
        finally:
            server.terminate()
            server.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path, binaries: Path, port: int) -> subprocess.Popen[bytes]:
    log = (folder / "log").open("wb")
    return subprocess.Popen(
        [
            binaries / "postgres",
            "-D",
            folder / "data",
            "-p",
            str(port),
            "-k",
            folder,
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "max_connections=300",
        ],
        stdout=log,
        stderr=log,
        **_owner(folder),
    )


def _as_owner(folder: Path, *command: object) -> None:
    subprocess.run(
        [str(part) for part in command], check=True, stdout=subprocess.DEVNULL, **_owner(folder)
    )


def _owner(folder: Path) -> dict[str, object]:
    """PostgreSQL refuses to run as root, so root runs it as its own user."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam(USER)
    os.chown(folder, account.pw_uid, account.pw_gid)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": [], "cwd": folder}


def _wait(binaries: Path, port: int) -> None:
    for _ in range(300):
        ready = [binaries / "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-q"]
        if subprocess.run(ready, check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise TimeoutError("PostgreSQL did not start within 30 s.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(main())
