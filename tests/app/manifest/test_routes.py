"""The web manifest: complete, true, and right under a sub-path too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

import PIL.Image
import pytest
from fastapi.testclient import TestClient

from app.config import config as read_config
from app.main import create_app

MANIFEST = "/manifest.webmanifest"


def test_anybody_may_read_it(client: TestClient) -> None:
    answer = client.get(MANIFEST)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/manifest+json"
    found = answer.json()
    assert (found["start_url"], found["scope"], found["display"]) == ("/", "/", "standalone")


def test_its_icons_are_what_it_says(client: TestClient) -> None:
    icons = client.get(MANIFEST).json()["icons"]
    for icon in icons:
        content = client.get(icon["src"])
        assert content.headers["content-type"].startswith(icon["type"])
        if icon["type"] == "image/png":
            width, height = PIL.Image.open(BytesIO(content.content)).size
            assert icon["sizes"] == f"{width}x{height}"
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in icons}
    assert "maskable" in {icon.get("purpose") for icon in icons}


def test_every_page_names_it_and_a_color_for_light_and_dark(client: TestClient) -> None:
    page = client.get("/sign-in").text
    assert f'<link rel="manifest" href="{MANIFEST}">' in page
    (touch,) = re.findall(r'<link rel="apple-touch-icon" href="([^"]+)">', page)
    assert client.get(touch).headers["content-type"] == "image/png"
    for scheme in ("light", "dark"):
        assert f'media="(prefers-color-scheme: {scheme})"' in page


@pytest.fixture
def below(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The application behind a proxy that serves it under /cusp."""
    monkeypatch.setenv("CUSP_ROOT_PATH", "/cusp")
    read_config.cache_clear()
    with TestClient(create_app(), base_url="http://127.0.0.1:8000") as opened:
        yield opened
    read_config.cache_clear()


def test_under_a_sub_path_it_stays_below_it(below: TestClient) -> None:
    found = below.get(f"/cusp{MANIFEST}").json()
    assert (found["start_url"], found["scope"], found["id"]) == ("/cusp/", "/cusp/", "/cusp/")
    for icon in found["icons"]:
        assert icon["src"].startswith("/cusp/static/")
        assert below.get(icon["src"]).status_code == 200
