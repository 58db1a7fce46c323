"""What comes along with a claim, over HTTP."""

from __future__ import annotations

import base64
from collections.abc import Callable
from io import BytesIO

import numpy as np
import PIL.Image
from fastapi.testclient import TestClient

from app import artifacts
from app.tables import Image, QueryImage, User
from app.words import Origin, Way
from tests.factories import Factory

SignIn = Callable[[User], TestClient]


def _claim(client: TestClient, project_id: int) -> list[dict[str, str | None]]:
    queries: list[dict[str, str | None]] = client.post(
        f"/api/v1/projects/{project_id}/claims"
    ).json()["queries"]
    return queries


def test_a_small_image_comes_with_the_claim_that_lends_it(
    make: Factory, sign_in_as: SignIn
) -> None:
    project = make.project()
    query = make.query(project)
    client = sign_in_as(make.member(project))
    [lent] = _claim(client, project.id)
    assert lent["image"] is not None
    kind, _, data = lent["image"].partition(",")
    assert kind == "data:image/png;base64"
    image = make.session.get(Image, query.image_id)
    assert image is not None
    assert base64.b64decode(data) == artifacts.read(artifacts.image_name(image.sha256))


def test_what_was_lent_before_is_not_sent_again(make: Factory, sign_in_as: SignIn) -> None:
    project = make.project()
    make.query(project)
    client = sign_in_as(make.member(project))
    _claim(client, project.id)
    [again] = _claim(client, project.id)
    assert again["image"] is None
    assert client.get(str(again["image_url"])).status_code == 200


def test_a_large_image_has_an_address_alone(make: Factory, sign_in_as: SignIn) -> None:
    project = make.project()
    pixels = np.random.default_rng(0).integers(0, 256, (128, 128), np.uint8)
    png = BytesIO()
    PIL.Image.fromarray(pixels).save(png, "PNG")
    sha256 = artifacts.write_image(png.getvalue())
    image = Image(project_id=project.id, sha256=sha256, origin=Origin.POOL)
    make.session.add(image)
    make.session.commit()
    make.query(project, image=image)
    [lent] = _claim(sign_in_as(make.member(project)), project.id)
    assert lent["image"] is None
    assert lent["image_url"] == f"/images/{sha256}.png"


def test_an_image_whose_file_is_gone_spoils_no_claim(make: Factory, sign_in_as: SignIn) -> None:
    project = make.project()
    query, other = make.query(project), make.query(project)
    image = make.session.get(Image, query.image_id)
    assert image is not None
    artifacts.delete(artifacts.image_name(image.sha256))
    lent = _claim(sign_in_as(make.member(project)), project.id)
    assert {each["id"]: each["image"] is None for each in lent} == {query.id: True, other.id: False}


def test_the_frames_of_a_walk_come_with_the_claim_all_of_them_or_none(
    make: Factory, sign_in_as: SignIn
) -> None:
    project = make.project()
    one, other = (each.id for each in make.classes(project))
    whole, broken = (
        make.query(project, way=Way.WALK, about={"from": one, "to": other}, priority=-float(rank))
        for rank in range(2)
    )
    strips = {query.id: [make.image(project) for _ in range(3)] for query in (whole, broken)}
    make.session.add_all(
        QueryImage(query_id=query_id, position=position, image_id=image.id)
        for query_id, images in strips.items()
        for position, image in enumerate(images)
    )
    make.session.commit()
    artifacts.delete(artifacts.image_name(strips[broken.id][1].sha256))
    url = f"/api/v1/projects/{project.id}/claims"
    first, second = sign_in_as(make.member(project)).post(url).json()["queries"]
    frames = [artifacts.image_name(image.sha256) for image in strips[whole.id]]
    sent = [base64.b64decode(each.partition(",")[2]) for each in first["images"]]
    assert sent == [artifacts.read(each) for each in frames]
    assert (first["image"], second["image"], second["images"]) == (None, None, [])
    assert len(second["image_urls"]) == 3
