"""Probes and metrics."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app import database
from app.config import Config
from app.health import routes
from app.tables import User, Worker, now
from tests.factories import Factory


@pytest.fixture(autouse=True)
def _look_anew() -> None:
    routes._require_writable.cache_clear()


def test_a_fresh_server_is_up_and_ready_without_a_worker(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "up"}
    assert client.get("/readyz").json() == {
        "status": "ready",
        "worker_is_there": False,
        "worker_seen_seconds": None,
    }


def test_a_worker_is_seen_and_missed(client: TestClient, make: Factory) -> None:
    worker = Worker(id="w", host="h", pid=1, seen_at=now())
    make.session.add(worker)
    make.session.commit()
    assert client.get("/readyz").json()["worker_is_there"] is True

    worker.seen_at = now() - timedelta(seconds=20)
    make.session.commit()
    seen = client.get("/readyz").json()
    assert seen["worker_is_there"] is False
    assert 19 < seen["worker_seen_seconds"] < 30


def test_a_database_that_is_not_migrated_is_not_ready(client: TestClient) -> None:
    with database.engine().begin() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
    response = client.get("/readyz")

    assert response.status_code == 503
    assert "cusp migrate" in response.json()["detail"]


def test_a_store_that_cannot_be_written_is_not_ready(client: TestClient, config: Config) -> None:
    Path(config.artifacts).parent.mkdir(exist_ok=True)
    Path(config.artifacts).write_text("a file where the folder should be")
    response = client.get("/readyz")

    assert response.status_code == 503
    assert "CUSP_ARTIFACTS_URL" in response.json()["detail"]


def test_metrics_tell_durations_and_what_waits(
    client: TestClient, make: Factory, sign_in_as: Callable[[User], TestClient]
) -> None:
    project = make.project()
    make.query(project)
    make.stage(project)
    sign_in_as(make.admin())
    client.get(f"/api/v1/projects/{project.id}")
    client.request("BREW", "/pot")
    text = client.get("/metrics").text

    assert "cusp_open_queries 1.0" in text
    assert "cusp_queued_stages 1.0" in text
    assert 'route="/api/v1/projects/{project_id}",status="200"' in text
    assert "BREW" not in text


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("127.0.0.1", {"X-Forwarded-For": "10.0.0.9"}, 401),
        ("10.0.0.9", {}, 401),
    ],
)
def test_metrics_are_for_admins_and_this_machine(
    address: str, headers: dict[str, str], status: int, client: TestClient
) -> None:
    here = TestClient(client.app, base_url="http://127.0.0.1:8000", client=(address, 1))

    assert here.get("/metrics", headers=headers).status_code == status
