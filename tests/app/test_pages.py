"""Pages: what every template may use, and files that browsers may keep."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from app.tables import User
from app.words import Role
from tests.factories import Factory


def test_a_static_file_named_by_its_content_is_kept_for_long(client: TestClient) -> None:
    found = re.search(r'href="(/static/base\.css\?v=[0-9a-f]{12})"', client.get("/sign-in").text)
    assert found

    assert "immutable" in client.get(found[1]).headers["cache-control"]
    assert client.get("/static/base.css").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/static/../app/main.py", "/static/%2e%2e/pyproject.toml"])
def test_nothing_beside_the_static_files_is_served(path: str, client: TestClient) -> None:
    assert client.get(path).status_code == 404


def test_a_page_is_not_kept(client: TestClient) -> None:
    assert client.get("/sign-in").headers["cache-control"] == "no-store"


def test_the_bar_shows_what_the_role_may_open(
    client: TestClient, make: Factory, sign_in_as: Callable[[User], TestClient]
) -> None:
    project = make.project()
    for user, count in ((make.member(project), 1), (make.member(project, Role.LEAD), 3)):
        sign_in_as(user)
        page = client.get(f"/projects/{project.id}/label").text
        links = set(re.findall(rf'href="(/projects/{project.id}[^"]*)"', page))
        assert len(links) == count


def test_a_name_is_never_markup(
    client: TestClient, make: Factory, sign_in_as: Callable[[User], TestClient]
) -> None:
    sign_in_as(make.user(name="</script><script>alert(1)</script>"))
    page = client.get("/account").text

    assert "<script>alert" not in page
    assert "&lt;/script&gt;" in page
