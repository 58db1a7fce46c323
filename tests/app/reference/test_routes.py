"""The API reference, for programs and for people."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from app.tables import User
from tests.factories import Factory


@pytest.fixture
def reader(
    client: TestClient, make: Factory, sign_in_as: Callable[[User], TestClient]
) -> TestClient:
    return sign_in_as(make.user())


def test_every_reference_in_the_document_leads_somewhere(reader: TestClient) -> None:
    document = reader.get("/api/v1/openapi.json").json()
    schemas = document["components"]["schemas"]

    found = set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(document)))
    assert {each for each in found if not each.startswith("#/components/schemas/")} == set()
    assert {each.rpartition("/")[2] for each in found} <= set(schemas)


def test_every_call_says_who_may_and_how_it_fails(reader: TestClient) -> None:
    paths = reader.get("/api/v1/openapi.json").json()["paths"]

    for path, methods in paths.items():
        for operation in methods.values():
            assert operation["x-who"], path
            assert "application/problem+json" in operation["responses"]["default"]["content"]
            assert operation.get("description"), f"{path} needs a docstring"


def test_the_page_shows_every_call_with_a_line_to_copy(reader: TestClient) -> None:
    page = reader.get("/api/docs").text
    for path in reader.get("/api/v1/openapi.json").json()["paths"]:
        assert f">{path}</a>" in page
    assert "curl -H &#34;Authorization: Bearer $TOKEN&#34;" in page


def test_the_page_needs_nobody_elses_scripts(reader: TestClient) -> None:
    page = reader.get("/api/docs").text

    assert set(re.findall(r'(?:src|href)="(https?:)?//', page)) == set()


def test_a_field_that_may_be_repeated_is_shown_once(reader: TestClient) -> None:
    page = reader.get("/api/docs").text
    assert "-F &#39;id=text&#39; -F &#39;image=" in page
