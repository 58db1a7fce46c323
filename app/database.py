"""Connections, sessions and migrations, on SQLite and Postgres alike.

Knows how to talk to the two databases; knows no table by name save Alembic's own.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from app.config import config
from app.errors import AppError, DatabaseNewer, DatabaseNotMigrated

_MIGRATIONS = Path(__file__).parent.parent / "migrations"
#: How SQLite and Postgres say that a disk is full.
_FULL_DISK = ("database or disk is full", "no space left", "disk full", "disk i/o error")


class UnknownDatabase(AppError):
    """CUSP_DATABASE_URL should look like this: postgresql://user@host:5432/name."""

    status_code = 422


class UnknownRevision(AppError):
    """This release has no such revision; leave it out to bring the database up to date."""

    status_code = 422


#: How long one writer on SQLite waits for the others.
_PATIENCE_SECONDS = 30


def connect(url: str) -> Engine:
    """Open a pool of connections with the settings that the promises rest on."""
    if not url.startswith("sqlite"):
        if not url.startswith("postgresql"):
            raise UnknownDatabase
        engine = create_engine(
            url.replace("postgresql://", "postgresql+psycopg://", 1),
            pool_size=20,
            max_overflow=20,
            pool_pre_ping=True,
        )
        event.listen(engine, "connect", _prepare_postgres)
        return engine
    Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, pool_size=20, max_overflow=40, connect_args={"timeout": _PATIENCE_SECONDS}
    )
    turn = _Turn()
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", turn.begin)
    event.listen(engine, "checkin", turn.end)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    """Make a commit durable, let readers and one writer go on together, check references."""
    connection.isolation_level = None  # SQLAlchemy begins, below
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-8000"):
        connection.cursor().execute(f"PRAGMA {pragma}")


def _prepare_postgres(connection: DBAPIConnection, _record: object) -> None:
    """Compile no statement: it costs 0.2 s, and all of ours find their few rows in less."""
    connection.cursor().execute("SET jit = off")
    connection.commit()


class _Turn:
    """Lets the writers of this process into SQLite one after the other.

    Left to SQLite they would sleep for ever longer while the lock changes hands, so that with many
    annotators some would wait for seconds. Other processes are waited for in SQLite's own way.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def begin(self, connection: Connection) -> None:
        """Take the write lock at once where a session says that it will write.

        A transaction that reads first and writes later cannot wait for another writer on SQLite:
        it fails. `writing()` marks those that will write.
        """
        writes = connection.get_execution_options().get("writes", False)
        if writes:
            connection.info["turn"] = self._lock.acquire(timeout=_PATIENCE_SECONDS)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    def end(self, _connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        """Let the next one in, once the transaction is on disk or rolled back."""
        if record.info.pop("turn", False):
            self._lock.release()


@lru_cache
def engine() -> Engine:
    """Return this process's pool."""
    return connect(config().database)


@lru_cache
def _sessions() -> sessionmaker[Session]:
    return sessionmaker(engine(), expire_on_commit=False)


@lru_cache
def _writing_sessions() -> sessionmaker[Session]:
    return sessionmaker(engine().execution_options(writes=True), expire_on_commit=False)


@contextmanager
def reading() -> Iterator[Session]:
    """Open a session that only reads; nothing of it is kept."""
    with _sessions()() as session:
        yield session


@contextmanager
def writing() -> Iterator[Session]:
    """Open a session that commits once, at the end, unless an error escapes."""
    with _writing_sessions()() as session, session.begin():
        yield session


def forget() -> None:
    """Close this process's pool, so that the next use reads the configuration again."""
    if engine.cache_info().currsize:
        engine().dispose()
    for cached in (engine, _sessions, _writing_sessions):
        cached.cache_clear()


def on_sqlite(session: Session) -> bool:
    """Whether the session talks to the embedded database."""
    return session.get_bind().dialect.name == "sqlite"


def upsert(session: Session, table: type[DeclarativeBase]) -> postgresql.Insert:
    """Begin an insert that offers `on_conflict_do_nothing`, in the session's own dialect."""
    if on_sqlite(session):
        return sqlite.insert(table)  # type: ignore[return-value]  # the same methods, two classes
    return postgresql.insert(table)


def migrate(revision: str = "head") -> None:
    """Bring the database up or down to a revision; `head` is the newest, `base` is nothing."""
    _refuse_newer()
    try:
        below = _up_to(revision)
    except (CommandError, RevisionError):
        raise UnknownRevision from None
    direction = command.upgrade if _up_to(_revision() or "base") <= below else command.downgrade
    direction(_alembic(), revision)


def _up_to(revision: str) -> set[str]:
    """Return the revisions that a database at this one has gone through."""
    passed = ScriptDirectory.from_config(_alembic()).iterate_revisions(revision, "base")
    return {script.revision for script in passed}


def require_migrated() -> None:
    """Raise unless the database's schema is the one that this release works with."""
    _refuse_newer()
    if _revision() != ScriptDirectory.from_config(_alembic()).get_current_head():
        raise DatabaseNotMigrated


def _refuse_newer() -> None:
    revision = _revision()
    if revision is None:
        return
    try:
        ScriptDirectory.from_config(_alembic()).get_revision(revision)
    except CommandError:
        raise DatabaseNewer from None


def _revision() -> str | None:
    with engine().connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _alembic() -> AlembicConfig:
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(_MIGRATIONS))
    return settings


def is_hiccup(error: BaseException) -> bool:
    """Whether an error is the database's momentary trouble, so that trying again may help."""
    return isinstance(error, OperationalError)


def is_full(error: BaseException) -> bool:
    """Whether the database could not write because its disk is full."""
    said = str(error).lower()
    return is_hiccup(error) and any(sign in said for sign in _FULL_DISK)
