"""What surrounds every request: hosts, origins, sizes, headers, ids, the sub-path."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import pytest
import structlog
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from app.config import config as read_config
from app.main import create_app
from app.tables import User
from tests.factories import Factory

Sign = Callable[[User], TestClient]


def test_every_answer_carries_the_headers_that_protect_it(client: TestClient) -> None:
    for path in ("/sign-in", "/nowhere", "/api/v1/me", "/static/base.css", "/healthz"):
        headers = client.get(path).headers

        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert len(headers["x-request-id"]) == 16


def test_a_request_for_an_unknown_host_is_refused(client: TestClient) -> None:
    response = client.get("/sign-in", headers={"Host": "evil.example"})

    assert response.status_code == 421
    assert "CUSP_ALLOWED_HOSTS" in response.text


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST:9", "labels.example.org"]
)
def test_a_request_for_a_known_host_passes(
    host: str, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSP_ALLOWED_HOSTS", "other.example.org, labels.example.org")
    read_config.cache_clear()

    assert client.get("/sign-in", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["", "[", "127.0.0.1.evil.example", "localhost@evil.example"])
def test_a_malformed_host_is_refused(host: str, client: TestClient) -> None:
    assert client.get("/sign-in", headers={"Host": host}).status_code == 421


def test_a_probe_may_come_by_address(client: TestClient) -> None:
    assert client.get("/healthz", headers={"Host": "10.1.2.3:8000"}).status_code == 200


ORIGINS = {
    "our own page": ({"Origin": "http://127.0.0.1:8000"}, True),
    "the public address": ({"Origin": "https://cusp.example.org"}, True),
    "another site": ({"Origin": "https://evil.example"}, False),
    "another port": ({"Origin": "http://127.0.0.1:8001"}, False),
    "a sandboxed frame": ({"Origin": "null"}, False),
    "a malformed origin": ({"Origin": "http://[::1"}, False),
    "no origin, fetched by our page": ({"Sec-Fetch-Site": "same-origin"}, True),
    "no origin, typed by hand": ({"Sec-Fetch-Site": "none"}, True),
    "no origin, fetched by another site": ({"Sec-Fetch-Site": "cross-site"}, False),
    "no origin, a sibling domain": ({"Sec-Fetch-Site": "same-site"}, False),
    "no origin, our referer": ({"Referer": "http://127.0.0.1:8000/account"}, True),
    "no origin, a foreign referer": ({"Referer": "http://evil.example/127.0.0.1:8000"}, False),
    "nothing at all": ({}, False),
}


@pytest.mark.parametrize(("headers", "passes"), ORIGINS.values(), ids=ORIGINS)
def test_a_change_with_a_cookie_must_come_from_our_pages(
    headers: dict[str, str],
    passes: bool,
    client: TestClient,
    make: Factory,
    sign_in_as: Sign,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CUSP_PUBLIC_URL", "https://cusp.example.org")
    read_config.cache_clear()
    sign_in_as(make.user())
    del client.headers["Origin"]

    response = client.post("/api/v1/tokens", json={"name": "x"}, headers=headers)

    assert response.status_code == (201 if passes else 403)


def test_a_program_with_a_token_needs_no_origin(client: TestClient, make: Factory) -> None:
    token = make.token(make.admin())
    headers = {"Authorization": f"Bearer {token}", "Origin": "https://evil.example"}

    body = {"email": "ada@example.org", "name": "Ada"}
    assert client.post("/api/v1/users", json=body, headers=headers).status_code == 201


def test_a_made_up_token_does_not_smuggle_a_cookie_past_the_origin_check(
    client: TestClient, make: Factory, sign_in_as: Sign
) -> None:
    sign_in_as(make.user())
    headers = {"Authorization": "Bearer x", "Origin": "https://evil.example"}

    assert client.post("/api/v1/tokens", json={"name": "x"}, headers=headers).status_code == 401


def test_another_site_cannot_sign_a_browser_in(client: TestClient) -> None:
    response = client.post("/sign-in", headers={"Origin": "https://evil.example"})

    assert response.status_code == 403


def test_a_body_that_says_it_is_too_large_is_refused(
    client: TestClient, make: Factory, sign_in_as: Sign
) -> None:
    sign_in_as(make.user())
    response = client.post("/api/v1/tokens", content=b"x" * (4 * 1024 * 1024 + 1))

    assert response.status_code == 413
    assert response.json()["detail"] == "This is larger than the 4 MiB that fit here."


def test_a_body_that_hides_its_length_is_cut_off(
    client: TestClient, make: Factory, sign_in_as: Sign
) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(50):
            yield b" " * 1024 * 100

    sign_in_as(make.user())
    response = client.post("/api/v1/tokens", content=endless())

    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"


def test_a_stranger_cannot_upload_much(client: TestClient, make: Factory) -> None:
    path = f"/api/v1/projects/{make.project().id}/imports"
    files = {"file": ("x.zip", b"x" * (4 * 1024 * 1024 + 1))}

    assert client.post(path, files=files).status_code == 413


def test_the_log_names_the_route_and_not_the_secret_in_it(client: TestClient) -> None:
    wrapper = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    with capture_logs() as lines:
        response = client.get("/sign-in/very-secret")
    structlog.configure(wrapper_class=wrapper)

    told = [line for line in lines if line["event"] == "request"]
    assert told[0]["route"] == "/sign-in/{link}"
    assert told[0]["status"] == response.status_code == 410
    assert "very-secret" not in str(lines)


@pytest.fixture
def under_a_path(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The application behind a proxy that serves it under /cusp."""
    monkeypatch.setenv("CUSP_ROOT_PATH", "/cusp/")
    read_config.cache_clear()
    with TestClient(
        create_app(), base_url="http://127.0.0.1:8000", follow_redirects=False
    ) as opened:
        yield opened


@pytest.mark.parametrize("prefix", ["", "/cusp"], ids=["stripped", "kept"])
def test_under_a_sub_path_links_and_redirects_stay_in_it(
    prefix: str, under_a_path: TestClient
) -> None:
    page = under_a_path.get(f"{prefix}/sign-in")
    assert page.status_code == 200
    assert 'action="/cusp/sign-in"' in page.text
    assert 'href="/cusp/static/base.css?v=' in page.text

    assert under_a_path.get(f"{prefix}/static/base.css").status_code == 200
    assert under_a_path.get(f"{prefix}/api/v1/me").status_code == 401
    sent = under_a_path.get(f"{prefix}/account").headers["location"]
    assert sent == "/cusp/sign-in?next=/account"


def test_under_a_sub_path_the_cookie_stays_in_it(under_a_path: TestClient, make: Factory) -> None:
    from app.accounts import service

    link = service.create_sign_in_link(make.session, make.user().id)
    make.session.commit()

    response = under_a_path.post(f"/cusp/sign-in/{link}")

    assert "Path=/cusp;" in response.headers["set-cookie"]
