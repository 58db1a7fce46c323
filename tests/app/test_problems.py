"""Whatever goes wrong is told: to programs as a document, to people as a page, never in secret."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from app import middleware, problems
from app.accounts import auth
from app.errors import Conflict, StoreFull
from app.tables import User
from tests.factories import Factory

pytestmark = pytest.mark.usefixtures("config")


def _raising(error: Exception) -> TestClient:
    app = FastAPI()

    @app.get("/api/v1/broken", dependencies=[Depends(auth.public)])
    @app.get("/broken", dependencies=[Depends(auth.public)])
    def broken() -> None:
        raise error

    problems.install(app)
    middleware.install(app)
    return TestClient(app, base_url="http://127.0.0.1:8000")


def test_an_error_becomes_a_problem_document() -> None:
    response = _raising(Conflict("There are two of them.")).get("/api/v1/broken")

    assert response.status_code == 409
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "/problems/conflict",
        "title": "Conflict",
        "status": 409,
        "detail": "There are two of them.",
        "instance": response.headers["x-request-id"],
    }


def test_an_error_on_a_page_becomes_a_page() -> None:
    response = _raising(Conflict("There are <two> of them.")).get("/broken")

    assert response.status_code == 409
    assert response.headers["content-type"].startswith("text/html")
    assert "There are &lt;two&gt; of them." in response.text


@pytest.mark.parametrize("path", ["/api/v1/broken", "/broken"])
def test_an_unexpected_error_tells_its_number_and_nothing_else(path: str) -> None:
    with capture_logs() as lines:
        response = _raising(RuntimeError("the secret is 12345")).get(path)

    assert response.status_code == 500
    assert "12345" not in response.text
    assert response.headers["x-request-id"] in response.text
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "12345" in str([line["exc_info"] for line in lines if line["event"] == "fault"])


FULL = [
    OperationalError("INSERT", {}, Exception("database or disk is full")),
    OperationalError("INSERT", {}, Exception("could not extend file: No space left on device")),
    StoreFull(),
    OSError(28, "No space left on device"),
]


@pytest.mark.parametrize("error", FULL, ids=["sqlite", "postgres", "store", "spool"])
def test_a_full_disk_is_named(error: Exception) -> None:
    response = _raising(error).get("/api/v1/broken")

    assert response.status_code == 507
    assert response.json()["detail"].startswith("The disk or the artifact store is full; free")


def test_a_database_that_is_away_asks_for_patience() -> None:
    error = OperationalError("SELECT secret", {}, Exception("connection refused"))
    response = _raising(error).get("/api/v1/broken")

    assert response.status_code == 503
    assert response.headers["retry-after"] == "5"
    assert "SELECT" not in response.text


def test_an_unknown_address_and_a_wrong_method_are_told_apart(client: TestClient) -> None:
    assert client.get("/api/v1/nothing").json()["type"] == "/problems/not-found"
    wrong = client.put("/api/v1/users")
    assert wrong.status_code == 405
    assert wrong.json()["type"] == "/problems/method-not-allowed"
    assert set(wrong.headers["allow"].split(", ")) >= {"GET"}


def test_what_does_not_fit_is_listed_without_being_repeated(
    client: TestClient, make: Factory, sign_in_as: Callable[[User], TestClient]
) -> None:
    sign_in_as(make.admin())
    body = {"email": "x" * 300 + "hunter2", "is_admin": "perhaps", "password_hash": "hunter2"}
    response = client.post("/api/v1/users", json=body)

    assert response.status_code == 422
    fields = {each["field"] for each in response.json()["errors"]}
    assert fields == {"name", "email", "is_admin", "password_hash"}
    assert "name: Field required" in response.json()["detail"]
    assert "hunter2" not in response.text


@pytest.mark.parametrize("content", ["{", "[]", '"text"', "null", "", "\x00"])
def test_malformed_json_is_refused(
    content: str,
    client: TestClient,
    make: Factory,
    sign_in_as: Callable[[User], TestClient],
) -> None:
    sign_in_as(make.admin())
    response = client.post(
        "/api/v1/users", content=content, headers={"Content-Type": "application/json"}
    )

    assert response.status_code == 422
    assert response.json()["detail"]


@pytest.mark.parametrize("text", ["abc", "-1", "1.5", "9" * 30, "٣", "%00"])
def test_a_project_that_is_no_number_is_no_project(
    text: str,
    client: TestClient,
    make: Factory,
    sign_in_as: Callable[[User], TestClient],
) -> None:
    sign_in_as(make.admin())

    assert client.get(f"/api/v1/projects/{text}").status_code == 404


@pytest.mark.parametrize("number", [2**31, 2**63, 2**80])
def test_a_number_beyond_the_database_is_no_fault(
    number: int,
    client: TestClient,
    make: Factory,
    sign_in_as: Callable[[User], TestClient],
) -> None:
    sign_in_as(make.admin())

    assert client.get(f"/api/v1/users/{number}").status_code in (404, 422)
