from collections.abc import Callable

from fastapi.testclient import TestClient

from app import artifacts
from app.tables import User
from tests.factories import Factory

SignIn = Callable[[User], TestClient]


def test_an_image_is_sent_to_members_and_may_be_kept_forever(
    make: Factory, sign_in_as: SignIn
) -> None:
    project = make.project()
    image = make.image(project)
    client = sign_in_as(make.member(project))
    answer = client.get(f"/images/{image.sha256}.png")
    assert answer.status_code == 200
    assert answer.content.startswith(b"\x89PNG")
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in answer.headers["cache-control"]
    assert "private" in answer.headers["cache-control"]
    again = client.get(
        f"/images/{image.sha256}.png", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_an_image_of_a_foreign_project_is_not_found(make: Factory, sign_in_as: SignIn) -> None:
    image = make.image(make.project())
    client = sign_in_as(make.member(make.project()))
    tag = {"If-None-Match": f'"{image.sha256}"'}
    assert client.get(f"/images/{image.sha256}.png").status_code == 404
    assert client.get(f"/images/{image.sha256}.png", headers=tag).status_code == 404
    assert sign_in_as(make.admin()).get(f"/images/{image.sha256}.png").status_code == 200


def test_nobody_sees_an_image_without_signing_in(make: Factory, client: TestClient) -> None:
    image = make.image(make.project())
    assert client.get(f"/images/{image.sha256}.png").status_code == 401


def test_names_that_are_no_hash_are_not_found(make: Factory, sign_in_as: SignIn) -> None:
    client = sign_in_as(make.admin())
    for name in ("x", "0" * 63, "G" * 64, "..%2f..%2fcusp", "0" * 64):
        assert client.get(f"/images/{name}.png").status_code == 404


def test_a_deleted_file_is_told_in_a_sentence(make: Factory, sign_in_as: SignIn) -> None:
    image = make.image(make.project())
    artifacts.delete(artifacts.image_name(image.sha256))
    gone = sign_in_as(make.admin()).get(f"/images/{image.sha256}.png")
    assert gone.status_code == 410
    assert "restore" in gone.json()["detail"]
