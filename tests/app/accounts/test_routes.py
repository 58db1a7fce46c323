"""The REST API of people and tokens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from app.tables import AuditEntry, Token, User, now
from app.words import Role
from tests.factories import Factory

Sign = Callable[[User], TestClient]
pytestmark = pytest.mark.parametrize(
    "database_url",
    ["sqlite", pytest.param("postgres", marks=pytest.mark.services)],
    indirect=True,
)


@pytest.fixture
def admin(make: Factory, sign_in_as: Sign) -> User:
    user = make.admin("root@example.org")
    sign_in_as(user)
    return user


def test_a_person_is_added_with_a_link_that_signs_them_in(client: TestClient, admin: User) -> None:
    response = client.post("/api/v1/users", json={"email": " Ada@Example.org", "name": " Ada  L "})

    added = response.json()
    assert response.status_code == 201
    assert (added["email"], added["name"], added["is_admin"]) == ("ada@example.org", "Ada L", False)
    link = added["sign_in"]["sign_in_url"].removeprefix("http://127.0.0.1:8000")
    client.post(link)
    assert client.get("/api/v1/me").json()["email"] == "ada@example.org"


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        ({"email": "no address", "name": "A"}, "bad-email"),
        ({"email": "a@b@c", "name": "A"}, "bad-email"),
        ({"email": "@example.org", "name": "A"}, "bad-email"),
        ({"email": "a\x00@example.org", "name": "A"}, "bad-email"),
        ({"email": "a@example.org", "name": "  "}, "bad-name"),
        ({"email": "a@example.org", "name": "A\x00"}, "bad-name"),
        ({"email": "ROOT@example.org", "name": "A"}, "email-taken"),
        ({"email": "a@example.org", "name": "A", "password_hash": "x"}, "invalid"),
        ({"email": "a@example.org", "name": "A", "id": 1}, "invalid"),
    ],
)
def test_a_person_who_does_not_fit_is_refused(
    body: dict[str, object], slug: str, client: TestClient, admin: User
) -> None:
    response = client.post("/api/v1/users", json=body)

    assert response.json()["type"] == f"/problems/{slug}"
    assert len(client.get("/api/v1/users").json()["items"]) == 1


def test_people_are_listed_in_parts(client: TestClient, admin: User, make: Factory) -> None:
    ids = [admin.id, *(make.user().id for _ in range(4))]
    first = client.get("/api/v1/users?limit=3").json()
    second = client.get(f"/api/v1/users?limit=3&after={first['next']}").json()

    assert [each["id"] for each in first["items"] + second["items"]] == ids
    assert second["next"] is None
    assert client.get("/api/v1/users?limit=0").status_code == 422


def test_a_hash_is_never_shown(client: TestClient, admin: User, make: Factory) -> None:
    make.user(password_hash="$argon2id$secret")

    assert "argon2" not in client.get("/api/v1/users").text


def test_a_change_touches_what_it_names(client: TestClient, admin: User, make: Factory) -> None:
    user = make.user()
    path = f"/api/v1/users/{user.id}"

    assert client.patch(path, json={"is_admin": True}).json()["is_admin"] is True
    changed = client.patch(path, json={"name": "New"}).json()
    assert (changed["name"], changed["is_admin"]) == ("New", True)
    for unknown in ({"email": "x@example.org"}, {"password_hash": "x"}, {"disabled_at": None}):
        assert client.patch(path, json=unknown).status_code == 422


@pytest.mark.parametrize("change", [{"is_admin": False}, {"disabled": True}])
def test_the_last_admin_stays(
    change: dict[str, bool], client: TestClient, admin: User, make: Factory
) -> None:
    make.user(is_admin=True, disabled_at=now())
    response = client.patch(f"/api/v1/users/{admin.id}", json=change)

    assert response.status_code == 409
    assert response.json()["type"] == "/problems/last-admin"
    assert client.get("/api/v1/users").status_code == 200


def test_an_admin_may_go_when_another_stays(client: TestClient, admin: User, make: Factory) -> None:
    make.admin()

    assert client.patch(f"/api/v1/users/{admin.id}", json={"is_admin": False}).status_code == 200
    assert client.get("/api/v1/users").status_code == 403


def test_who_is_disabled_is_out_at_once(
    client: TestClient, admin: User, make: Factory, sign_in_as: Sign
) -> None:
    user = make.user()
    cookie, token = make.session_cookie(user), make.token(user)
    client.patch(f"/api/v1/users/{user.id}", json={"disabled": True})
    assert client.post(f"/api/v1/users/{user.id}/sign-in-link").status_code == 409
    client.cookies.clear()

    asked = [{"Cookie": f"cusp_session={cookie}"}, {"Authorization": f"Bearer {token}"}]
    assert [client.get("/api/v1/me", headers=each).status_code for each in asked] == [401, 401]
    sign_in_as(admin)
    client.patch(f"/api/v1/users/{user.id}", json={"disabled": False})
    client.cookies.clear()
    assert [client.get("/api/v1/me", headers=each).status_code for each in asked] == [401, 401]


def test_changes_of_people_are_written_down(client: TestClient, admin: User, make: Factory) -> None:
    user = make.user()
    client.patch(f"/api/v1/users/{user.id}", json={"is_admin": True, "disabled": True})

    entries = make.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(each.action, each.user_id, each.facts) for each in entries] == [
        ("user_disabled", admin.id, {"about": user.id}),
        ("admin_made", admin.id, {"about": user.id}),
    ]


def test_a_token_acts_as_its_owner_and_is_shown_once(
    client: TestClient, make: Factory, sign_in_as: Sign
) -> None:
    user = make.user()
    sign_in_as(user)
    made = client.post("/api/v1/tokens", json={"name": "nightly", "days": 7}).json()
    assert made["token"].startswith(f"cusp_{made['prefix']}_")
    assert made["token"] not in client.get("/api/v1/tokens").text
    client.cookies.clear()

    headers = {"Authorization": f"Bearer {made['token']}"}
    assert client.get("/api/v1/me", headers=headers).json()["id"] == user.id
    stored = make.session.scalars(select(Token)).one()
    assert made["token"] not in (stored.hash, stored.prefix)
    assert stored.last_used_at is not None


@pytest.mark.parametrize(
    "broken",
    ["Bearer", "Bearer ", "Basic eA==", "Bearer cusp_x", "bearer  ", "Bearer \x7f", "nonsense"],
)
def test_a_broken_authorization_is_nobody(
    broken: str, client: TestClient, make: Factory, sign_in_as: Sign
) -> None:
    sign_in_as(make.admin())
    response = client.get("/api/v1/me", headers={"Authorization": broken})

    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"


def test_a_token_ends_with_its_time_and_with_its_revocation(
    client: TestClient, make: Factory, sign_in_as: Sign
) -> None:
    user = make.user()
    late = make.token(user, expires_at=now() - timedelta(seconds=1))
    good = make.token(user)

    def asked(token: str) -> int:
        client.cookies.clear()
        return client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code

    assert [asked(late), asked(good)] == [401, 200]
    sign_in_as(user)
    listed = client.get("/api/v1/tokens").json()["items"]
    assert client.delete(f"/api/v1/tokens/{listed[-1]['id']}").status_code == 204
    assert client.delete(f"/api/v1/tokens/{listed[-1]['id']}").status_code == 204
    assert asked(good) == 401


def test_somebody_elses_token_cannot_be_revoked(
    client: TestClient, make: Factory, sign_in_as: Sign
) -> None:
    other = make.user()
    make.token(other)
    token_id = make.session.scalars(select(Token.id)).one()
    sign_in_as(make.admin())

    assert client.delete(f"/api/v1/tokens/{token_id}").status_code == 404


def test_a_token_cannot_make_another(client: TestClient, make: Factory) -> None:
    headers = {"Authorization": f"Bearer {make.token(make.admin())}"}

    assert client.post("/api/v1/tokens", json={"name": "x"}, headers=headers).status_code == 403


@pytest.mark.parametrize("days", [0, -1, 367, 10**9])
def test_a_token_lasts_a_day_to_a_year(
    days: int, client: TestClient, make: Factory, sign_in_as: Sign
) -> None:
    sign_in_as(make.user())

    assert client.post("/api/v1/tokens", json={"name": "x", "days": days}).status_code == 422


def test_fifty_tokens_are_enough(client: TestClient, make: Factory, sign_in_as: Sign) -> None:
    user = make.user()
    for _ in range(50):
        make.token(user)
    sign_in_as(user)

    assert client.post("/api/v1/tokens", json={"name": "x"}).status_code == 409


def test_the_use_of_a_token_is_noted_once_a_minute(client: TestClient, make: Factory) -> None:
    token = make.token(make.user())
    seen = now() - timedelta(seconds=30)
    make.session.execute(update(Token).values(last_used_at=seen))
    make.session.commit()
    client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})

    make.session.expire_all()
    assert make.session.scalars(select(Token.last_used_at)).one() == seen


def test_a_role_counts_at_once(client: TestClient, make: Factory, sign_in_as: Sign) -> None:
    """Nothing about a role is kept in the session: taking it away takes effect at once."""
    project = make.project()
    lead = make.member(project, Role.LEAD)
    sign_in_as(lead)
    path = f"/api/v1/projects/{project.id}/settings"
    assert client.get(path).status_code == 200

    from app.tables import Membership

    make.session.execute(update(Membership).values(role=Role.ANNOTATOR))
    make.session.commit()
    assert client.get(path).status_code == 403
