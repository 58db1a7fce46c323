"""A project, and its lead signed in."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from app.tables import Project, User
from app.words import (
    Role,
)
from tests.factories import Factory

SignIn = Callable[[User], TestClient]


@pytest.fixture
def project(make: Factory) -> Project:
    return make.project()


@pytest.fixture
def lead(make: Factory, project: Project, sign_in_as: SignIn) -> TestClient:
    return sign_in_as(make.member(project, Role.LEAD))
