"""Signing in: by password, by link, not too often; sessions that end when they should."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from app.accounts import passwords, secrets, service, sign_in
from app.accounts.errors import WrongCredentials
from app.config import config as read_config
from app.tables import SignInFailure, SignInLink, SignInSession, User, now
from tests.factories import Factory

Sign = Callable[[User], TestClient]
pytestmark = pytest.mark.parametrize(
    "database_url",
    ["sqlite", pytest.param("postgres", marks=pytest.mark.services)],
    indirect=True,
)
PASSWORD = "correct horse battery"


@pytest.fixture
def ada(make: Factory) -> User:
    return make.user("ada@example.org", password_hash=passwords.hashed(PASSWORD))


def _enter(client: TestClient, password: str = PASSWORD, **fields: str) -> int:
    form = {"email": "ada@example.org", "password": password, **fields}
    return client.post("/sign-in", data=form).status_code


def _link(make: Factory, user: User) -> str:
    link = service.create_sign_in_link(make.session, user.id)
    make.session.commit()
    return link


def test_email_and_password_sign_in_and_lead_where_one_wanted_to_go(
    client: TestClient, ada: User
) -> None:
    wanted = client.get("/account?saved=name").headers["location"]
    assert wanted == "/sign-in?next=/account%3Fsaved%3Dname"

    form = {"email": " ADA@example.org ", "password": PASSWORD, "next": "/account?saved=name"}
    response = client.post("/sign-in", data=form)

    assert response.status_code == 303
    assert response.headers["location"] == "/account?saved=name"
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/a\nb",
        "",
    ],
)
def test_signing_in_never_leads_to_another_site(wanted: str, client: TestClient, ada: User) -> None:
    form = {"email": ada.email, "password": PASSWORD, "next": wanted}

    assert client.post("/sign-in", data=form).headers["location"] == "/"


def test_the_cookie_is_out_of_reach_and_stored_hashed(
    client: TestClient, ada: User, make: Factory
) -> None:
    form = {"email": ada.email, "password": PASSWORD}
    cookie = client.post("/sign-in", data=form).headers["set-cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    stored = make.session.scalars(select(SignInSession.hash)).one()
    assert stored == secrets.hashed(client.cookies["cusp_session"])


def test_over_https_the_cookie_is_secure(
    client: TestClient, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSP_PUBLIC_URL", "https://cusp.example.org")
    read_config.cache_clear()
    response = client.post("/sign-in", data={"email": ada.email, "password": PASSWORD})

    assert "; Secure" in response.headers["set-cookie"]
    assert response.headers["strict-transport-security"]


@pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org", "", "'; --"])
def test_a_wrong_password_and_an_unknown_account_are_answered_alike(
    email: str, client: TestClient, ada: User
) -> None:
    response = client.post("/sign-in", data={"email": email, "password": "wrong"})

    assert response.status_code == 401
    assert "The email or the password is wrong." in response.text


def test_an_unknown_account_costs_the_same_work(
    make: Factory, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str | None] = []

    def note(password: str, stored: str | None) -> bool:
        checked.append(stored)
        return False

    monkeypatch.setattr(passwords, "matches", note)
    for email in ("ada@example.org", "nobody@example.org"):
        with pytest.raises(WrongCredentials):
            sign_in.check_password(make.session, email, "x")

    assert checked == [ada.password_hash, None]


def test_somebody_disabled_cannot_sign_in(client: TestClient, ada: User, make: Factory) -> None:
    ada.disabled_at = now()
    make.session.commit()

    assert _enter(client) == 401


def test_after_too_many_failures_the_account_waits(client: TestClient, ada: User) -> None:
    assert [_enter(client, "wrong") for _ in range(10)] == [401] * 10
    assert _enter(client) == 429
    response = client.post("/sign-in", data={"email": ada.email, "password": "x"})
    assert "wait 15 minutes" in response.text


def test_after_too_many_failures_the_address_waits(client: TestClient, ada: User) -> None:
    for number in range(10):
        client.post("/sign-in", data={"email": f"guess{number}@example.org", "password": "x"})

    assert _enter(client) == 429


def test_failures_are_forgiven_with_time(client: TestClient, ada: User, make: Factory) -> None:
    for _ in range(10):
        _enter(client, "wrong")
    make.session.execute(update(SignInFailure).values(at=now() - timedelta(minutes=16)))
    make.session.commit()

    assert _enter(client) == 303


def test_success_forgives_the_account_but_not_the_address(
    client: TestClient, ada: User, make: Factory
) -> None:
    for _ in range(4):
        _enter(client, "wrong")
    assert _enter(client) == 303

    keys = [failure.key for failure in make.session.scalars(select(SignInFailure))]
    assert keys == ["address:testclient"] * 4


def test_a_link_is_shown_without_being_used_up(client: TestClient, make: Factory) -> None:
    link = _link(make, make.user("grace@example.org"))
    for _ in range(3):
        page = client.get(f"/sign-in/{link}")
        assert page.status_code == 200
        assert "Sign in as grace@example.org" in page.text
        assert "set-cookie" not in page.headers

    assert client.post(f"/sign-in/{link}").status_code == 303
    assert client.get("/account").status_code == 200


def test_a_link_works_once(client: TestClient, make: Factory) -> None:
    link = _link(make, make.user())
    client.post(f"/sign-in/{link}")
    client.cookies.clear()

    response = client.post(f"/sign-in/{link}")
    assert response.status_code == 410
    assert "Ask an admin for a new one" in response.text
    assert "set-cookie" not in response.headers


def test_a_link_ends(client: TestClient, make: Factory) -> None:
    link = _link(make, make.user())
    make.session.execute(update(SignInLink).values(expires_at=now()))
    make.session.commit()

    assert client.post(f"/sign-in/{link}").status_code == 410


def test_a_newer_link_ends_the_older_one(client: TestClient, make: Factory) -> None:
    user = make.user()
    older, newer = _link(make, user), _link(make, user)

    assert client.post(f"/sign-in/{older}").status_code == 410
    assert client.post(f"/sign-in/{newer}").status_code == 303


def test_a_link_is_stored_hashed(make: Factory) -> None:
    link = _link(make, make.user())

    assert make.session.scalars(select(SignInLink.hash)).one() == secrets.hashed(link)


def test_who_comes_by_link_may_choose_a_password(client: TestClient, make: Factory) -> None:
    user = make.user("grace@example.org")
    sent = client.post(f"/sign-in/{_link(make, user)}").headers["location"]
    assert sent == "/account/password"

    assert client.post(sent, data={"new": "short"}).status_code == 422
    assert client.post(sent, data={"new": PASSWORD}).headers["location"] == "/"
    client.post("/sign-out")
    form = {"email": user.email, "password": PASSWORD}
    assert client.post("/sign-in", data=form).status_code == 303


def test_who_came_by_link_needs_no_lost_password(
    client: TestClient, make: Factory, ada: User
) -> None:
    client.post(f"/sign-in/{_link(make, ada)}")

    assert client.post("/account/password", data={"new": "another password"}).status_code == 303


def test_who_came_by_password_needs_it_to_choose_another(client: TestClient, ada: User) -> None:
    _enter(client)
    wrong = {"current": "not it", "new": "another password"}

    assert client.post("/account/password", data={"new": "another password"}).status_code == 422
    assert client.post("/account/change-password", data=wrong).status_code == 422
    right = {**wrong, "current": PASSWORD}
    assert client.post("/account/change-password", data=right).status_code == 303


def test_a_new_password_signs_other_browsers_out(
    client: TestClient, make: Factory, ada: User
) -> None:
    other = make.session_cookie(ada)
    _enter(client)
    client.post("/account/change-password", data={"current": PASSWORD, "new": "another password"})

    assert client.get("/api/v1/me").status_code == 200
    client.cookies.clear()
    assert client.get("/api/v1/me", headers={"Cookie": f"cusp_session={other}"}).status_code == 401


def test_a_password_is_not_the_email(client: TestClient, ada: User) -> None:
    _enter(client)
    form = {"current": PASSWORD, "new": "Ada@example.org"}

    assert "not your email" in client.post("/account/change-password", data=form).text


def test_signing_out_ends_the_session_on_the_server(client: TestClient, ada: User) -> None:
    _enter(client)
    cookie = client.cookies["cusp_session"]
    assert client.post("/sign-out").headers["location"] == "/sign-in"

    client.cookies.set("cusp_session", cookie, domain="127.0.0.1")
    assert client.get("/api/v1/me").status_code == 401


def test_a_session_that_is_used_lasts_longer(
    client: TestClient, make: Factory, sign_in_as: Sign
) -> None:
    sign_in_as(make.user())
    make.session.execute(update(SignInSession).values(expires_at=now() + timedelta(days=1)))
    make.session.commit()
    client.get("/api/v1/me")

    make.session.expire_all()
    left = make.session.scalars(select(SignInSession.expires_at)).one() - now()
    assert left > timedelta(days=13)


def test_a_session_that_is_not_used_ends(
    client: TestClient, make: Factory, sign_in_as: Sign
) -> None:
    sign_in_as(make.user())
    make.session.execute(update(SignInSession).values(expires_at=now()))
    make.session.commit()

    assert client.get("/api/v1/me").status_code == 401
    assert client.get("/account").headers["location"] == "/sign-in?next=/account"


def test_a_made_up_cookie_is_nobody(client: TestClient) -> None:
    client.cookies.set("cusp_session", "x" * 5000, domain="127.0.0.1")

    assert client.get("/api/v1/me").status_code == 401


def test_who_is_signed_in_is_not_asked_again(
    client: TestClient, make: Factory, sign_in_as: Sign
) -> None:
    sign_in_as(make.user())

    assert client.get("/sign-in?next=/account").headers["location"] == "/account"
