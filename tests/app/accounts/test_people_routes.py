"""The pages of people and of one's own account."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from app.tables import User
from tests.factories import Factory

Sign = Callable[[User], TestClient]


@pytest.fixture
def admin(make: Factory, sign_in_as: Sign) -> User:
    user = make.admin("root@example.org")
    sign_in_as(user)
    return user


def test_adding_a_person_shows_a_link_once(client: TestClient, admin: User) -> None:
    form = {"email": "ada@example.org", "name": "<b>Ada</b>"}
    page = client.post("/people", data=form)

    found = re.search(r"http://127\.0\.0\.1:8000(/sign-in/[\w-]+)", page.text)
    assert found
    assert "&lt;b&gt;Ada&lt;/b&gt;" in page.text
    assert "/sign-in/" not in client.get("/people").text.replace("/sign-in-link", "")
    assert client.post(found[1]).status_code == 303


def test_what_was_typed_stays_when_it_does_not_fit(client: TestClient, admin: User) -> None:
    page = client.post("/people", data={"email": "root@example.org", "name": "Other"})

    assert page.status_code == 409
    assert "already somebody with this email" in page.text
    assert 'value="Other"' in page.text


def test_the_buttons_change_people(client: TestClient, admin: User, make: Factory) -> None:
    user = make.user()
    for change in ("make-admin", "unmake-admin", "disable", "enable"):
        assert client.post(f"/people/{user.id}/{change}").headers["location"] == "/people"
    assert "Sign-in link" in client.post(f"/people/{user.id}/sign-in-link").text


def test_the_last_admin_cannot_be_unmade(client: TestClient, admin: User) -> None:
    page = client.post(f"/people/{admin.id}/unmake-admin")

    assert page.status_code == 409
    assert "make somebody else an admin first" in page.text


@pytest.mark.parametrize("change", ["delete", "make-king", ""])
def test_an_unknown_change_is_no_page(change: str, client: TestClient, admin: User) -> None:
    assert client.post(f"/people/{admin.id}/{change}").status_code == 404


def test_a_token_is_made_on_the_account_page(
    client: TestClient, make: Factory, sign_in_as: Sign
) -> None:
    sign_in_as(make.user())
    page = client.post("/account/tokens", data={"name": "nightly", "days": "7"}).text

    token = re.search(r"cusp_[0-9a-f]{8}_[\w-]{43}", page)
    assert token
    assert token[0] not in client.get("/account").text
    client.cookies.clear()
    headers = {"Authorization": f"Bearer {token[0]}"}
    assert client.get("/api/v1/me", headers=headers).status_code == 200


def test_a_name_is_changed_and_a_bad_one_explained(
    client: TestClient, make: Factory, sign_in_as: Sign
) -> None:
    sign_in_as(make.user())

    assert client.post("/account/name", data={"name": "New Name"}).status_code == 303
    assert "New Name" in client.get("/account").text
    assert client.post("/account/name", data={"name": " "}).status_code == 422


def test_other_browsers_are_signed_out(client: TestClient, make: Factory, sign_in_as: Sign) -> None:
    user = make.user()
    other = make.session_cookie(user)
    sign_in_as(user)
    client.post("/account/sign-out-others")

    assert client.get("/api/v1/me").status_code == 200
    client.cookies.clear()
    assert client.get("/api/v1/me", headers={"Cookie": f"cusp_session={other}"}).status_code == 401
