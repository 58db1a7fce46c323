"""Whether a worker is alive: it holds a lock that the operating system or Postgres frees at death.

A heartbeat in a table says when somebody was last seen; only the lock says that they are gone.
Knows nothing of stages.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, text

from app import database
from app.config import config


class Hold(Protocol):
    """A lock that is held until `release`, or until the process dies."""

    def confirm(self) -> None:
        """Make sure that the lock is still held; take it again after a lost connection."""

    def release(self) -> None:
        """Give the lock back."""


def hold(worker_id: str) -> Hold:
    """Take the worker's lock; it must happen before the worker accepts any work."""
    return _FileHold(worker_id) if config().on_sqlite else _PostgresHold(worker_id)


def is_alive(worker_id: str) -> bool:
    """Whether some process holds the worker's lock."""
    return _file_locked(worker_id) if config().on_sqlite else _postgres_locked(worker_id)


class _FileHold:
    def __init__(self, worker_id: str) -> None:
        self._path = _lock_file(worker_id)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def confirm(self) -> None:
        """Nothing can take a file lock away from a living process."""

    def release(self) -> None:
        self._path.unlink(missing_ok=True)
        os.close(self._descriptor)


def _file_locked(worker_id: str) -> bool:
    try:
        descriptor = os.open(_lock_file(worker_id), os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        # Shared, so that two who look at once do not take each other for the worker.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(descriptor)


def _lock_file(worker_id: str) -> Path:
    return config().data / "workers" / f"{worker_id}.lock"


class _PostgresHold:
    def __init__(self, worker_id: str) -> None:
        self._key = _key(worker_id)
        self._connection: Connection | None = self._take()

    def _take(self) -> Connection:
        connection = database.engine().connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": self._key})
        except Exception:
            _give_up(connection)
            raise
        return connection

    def confirm(self) -> None:
        try:
            if self._connection is not None:
                self._connection.execute(text("SELECT 1"))
                return
        except Exception as error:
            if not database.is_hiccup(error):
                raise
        # Given up before another is taken: that may fail for as long as Postgres is gone, and a
        # connection that was lost can never be used again.
        if self._connection is not None:
            _give_up(self._connection)
        self._connection = None
        self._connection = self._take()

    def release(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            # Postgres sees only a while later that a connection was closed.
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": self._key})
        except Exception as error:
            if not database.is_hiccup(error):
                raise
        finally:
            _give_up(connection)


def _give_up(connection: Connection) -> None:
    connection.invalidate()
    connection.close()


def _postgres_locked(worker_id: str) -> bool:
    key = {"key": _key(worker_id)}
    with database.engine().connect() as connection:
        # A transaction's lock: it is gone again when the connection is handed back. Shared, so
        # that two who look at once do not take each other for the worker.
        statement = text("SELECT pg_try_advisory_xact_lock_shared(:key)")
        free = connection.execute(statement, key).scalar_one()
    return not free


def _key(worker_id: str) -> int:
    """Fold an id into Postgres's signed 64-bit lock key."""
    digest = hashlib.blake2b(worker_id.encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
