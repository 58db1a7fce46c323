"""A worker is alive as long as its lock is held, and not a moment longer."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from app import database, liveness
from tests.app.conftest import on_both
from tests.deployment import REPOSITORY, eventually

pytestmark = pytest.mark.usefixtures("config")
#: Returns once they are gone, and their locks with them.
_END = text(
    "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
    " WHERE datname = :name AND pid <> pg_backend_pid()"
)
HOLDER = """
import sys, time
from app import liveness
lock = liveness.hold("other")
print("held", flush=True)
time.sleep(60)
"""


@on_both
def test_a_worker_lives_from_its_lock_to_its_release() -> None:
    assert not liveness.is_alive("me")
    lock = liveness.hold("me")
    assert liveness.is_alive("me")
    assert not liveness.is_alive("somebody else")
    lock.confirm()
    assert liveness.is_alive("me")
    lock.release()
    assert not liveness.is_alive("me")


@on_both
def test_the_lock_of_a_killed_process_is_free() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    with process, process.stdout:
        assert process.stdout.readline() == b"held\n"
        assert liveness.is_alive("other")
        process.kill()
    eventually(lambda: not liveness.is_alive("other"), what="the lock being free")


@on_both
def test_many_who_look_at_once_do_not_take_each_other_for_the_worker() -> None:
    liveness.hold("gone").release()
    found: list[bool] = []

    def look() -> None:
        found.extend(liveness.is_alive("gone") for _ in range(30))

    threads = [threading.Thread(target=look) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [False] * 180


@pytest.mark.services
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_lock_that_was_lost_with_its_connection_is_taken_again() -> None:
    lock = liveness.hold("me")
    database.engine().dispose()
    _end_other_connections()
    assert not liveness.is_alive("me")
    lock.confirm()
    assert liveness.is_alive("me")
    lock.release()


@pytest.mark.services
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_lock_is_taken_again_however_often_that_failed_before(
    postgres_template: tuple[Engine, str],
) -> None:
    admin, _ = postgres_template
    lock = liveness.hold("me")
    name = str(database.engine().url.database)
    _allow_connections(admin, name, allowed=False)
    database.engine().dispose()
    with admin.connect() as connection:
        connection.execute(_END, {"name": name})
    for _ in range(3):
        with pytest.raises(OperationalError):
            lock.confirm()
    _allow_connections(admin, name, allowed=True)
    assert not liveness.is_alive("me")
    lock.confirm()
    assert liveness.is_alive("me")
    lock.release()


def _allow_connections(admin: Engine, name: str, *, allowed: bool) -> None:
    with admin.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {str(allowed).lower()}"))


def _end_other_connections() -> None:
    with database.engine().connect() as connection:
        connection.execute(_END, {"name": database.engine().url.database})
