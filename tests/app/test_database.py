"""Writers on SQLite take turns."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app import database

pytestmark = pytest.mark.usefixtures("config")

Work = Callable[[], None]


def _in_thread(work: Work) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_a_writer_waits_until_the_one_before_is_done() -> None:
    order: list[str] = []

    def second() -> None:
        with database.writing() as session:
            session.execute(text("SELECT 1"))
            order.append("second")

    with database.writing() as session:
        session.execute(text("SELECT 1"))
        waiting = _in_thread(second)
        waiting.join(0.2)
        order.append("first")
    waiting.join(10)
    assert order == ["first", "second"]


def test_a_writer_that_fails_lets_the_next_one_in() -> None:
    with pytest.raises(OperationalError), database.writing() as session:
        session.execute(text("SELECT * FROM nothing"))
    done = _in_thread(_write)
    done.join(10)
    assert not done.is_alive()


def test_opening_a_session_takes_no_turn_before_its_first_statement() -> None:
    with database.writing():
        done = _in_thread(_write)
        done.join(10)
        assert not done.is_alive()


def test_readers_wait_for_nobody() -> None:
    def read() -> None:
        with database.reading() as session:
            session.execute(text("SELECT 1"))

    with database.writing() as session:
        session.execute(text("SELECT 1"))
        done = _in_thread(read)
        done.join(10)
        assert not done.is_alive()


def test_many_writers_lose_nothing() -> None:
    with database.writing() as session:
        session.execute(text("CREATE TABLE counted (n INTEGER)"))
        session.execute(text("INSERT INTO counted VALUES (0)"))

    def count() -> None:
        for _ in range(10):
            with database.writing() as session:
                n = session.scalar(text("SELECT n FROM counted"))
                session.execute(text("UPDATE counted SET n = :n"), {"n": n + 1})

    threads = [_in_thread(count) for _ in range(8)]
    for thread in threads:
        thread.join(60)
    with database.reading() as session:
        assert session.scalar(text("SELECT n FROM counted")) == 80


def _write() -> None:
    with database.writing() as session:
        session.execute(text("SELECT 1"))
