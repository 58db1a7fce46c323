"""The engine's queue, seen and touched from outside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from dbos import DBOSClient
from sqlalchemy import text

from app import database
from app.config import Config
from app.engine import Ticket
from app.tables import now

on_both = pytest.mark.parametrize(
    "database_url",
    ["sqlite", pytest.param("postgres", marks=pytest.mark.services)],
    indirect=True,
)


@pytest.fixture
def queue(config: Config) -> Iterator[DBOSClient]:
    """The engine's own eyes."""
    client = DBOSClient(system_database_url=config.engine_database)
    yield client
    client.destroy()


def states(queue: DBOSClient) -> dict[str, str]:
    return {each.workflow_id: each.status for each in queue.list_workflows()}


def pretend(config: Config, ticket: Ticket, status: str, *, worker: str = "w1") -> None:
    """Write into the engine's table what a worker would have written."""
    table = "workflow_status" if config.on_sqlite else "dbos.workflow_status"
    opened = database.connect(config.engine_database)
    with opened.begin() as connection:
        connection.execute(
            text(
                f"UPDATE {table} SET status = :status, executor_id = :worker,"
                " completed_at = :at WHERE workflow_uuid = :id"
            ),
            {
                "status": status,
                "worker": worker,
                "id": ticket.workflow_id,
                "at": int((now() - timedelta(days=8)).timestamp() * 1000),
            },
        )
    opened.dispose()
