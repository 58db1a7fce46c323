"""What tests of projects share: somebody who asks, and projects that may start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy.orm import Session

from app import engine
from app.config import Config
from app.tables import Import, Project, User, now
from app.words import Role
from tests.factories import Factory

on_both_databases = pytest.mark.parametrize(
    "database_url",
    ["sqlite", pytest.param("postgres", marks=pytest.mark.services)],
    indirect=True,
)


@dataclass(frozen=True)
class Api:
    """One project's API as one person sees it."""

    client: TestClient
    project_id: int

    def ask(self, method: str, path: str = "", body: Any = None, **options: Any) -> Response:
        """Call it below `/api/v1/projects/{id}`."""
        address = f"/api/v1/projects/{self.project_id}{path}"
        return self.client.request(method, address, json=body, **options)


@pytest.fixture
def images(make: Factory) -> Callable[[Project], Project]:
    """Give a project images, as a finished import leaves them."""

    def give(project: Project) -> Project:
        make.session.add(
            Import(project_id=project.id, request={}, pool_count=30, holdout_count=5, done_at=now())
        )
        make.session.commit()
        return project

    return give


@pytest.fixture
def as_lead(make: Factory, sign_in_as: Callable[[User], TestClient]) -> Callable[[Project], Api]:
    """Ask as a lead of a project."""

    def ask(project: Project) -> Api:
        return Api(sign_in_as(make.member(project, Role.LEAD)), project.id)

    return ask


@pytest.fixture
def as_admin(make: Factory, sign_in_as: Callable[[User], TestClient]) -> Callable[[Project], Api]:
    """Ask as an admin."""

    def ask(project: Project) -> Api:
        return Api(sign_in_as(make.admin()), project.id)

    return ask


@pytest.fixture
def fresh(session: Session) -> Callable[[Any], Any]:
    """Read a row anew, after a request has changed it."""

    def read(row: Any) -> Any:
        session.rollback()
        session.refresh(row)
        return row

    return read


@pytest.fixture
def machine(config: Config) -> None:
    """The engine's tables, as the server's start makes them; no worker is there."""
    engine.prepare()
