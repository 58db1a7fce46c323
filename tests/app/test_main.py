"""Every route has one policy, and every policy holds: for each role, own project and foreign."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from starlette.routing import Mount

from app.accounts.auth import Policy
from app.config import Config
from app.main import create_app
from app.reference.policies import Declared, declared
from app.tables import Project, User
from app.words import Role
from tests.factories import Factory

ROUTES = list(declared(create_app()))
NAMES = [f"{route.method} {route.path}" for route in ROUTES]
#: These never end by themselves; that they let somebody in is tested with their feature.
ENDLESS = {"/api/v1/projects/{project_id}/events"}
MOUNTS = {"/static"}


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
def test_a_route_declares_exactly_one_policy(route: Declared) -> None:
    assert len(set(route.policies)) == 1, "add Depends(auth.…) to the route, once"


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
def test_a_policy_about_a_project_finds_it_in_the_path(route: Declared) -> None:
    if route.policies[0].role is not None:
        assert "{project_id}" in route.path


def test_only_static_files_are_mounted() -> None:
    mounted = {route.path for route in create_app().routes if isinstance(route, Mount)}

    assert mounted == MOUNTS


def test_the_web_process_never_loads_torch(config: Config) -> None:
    code = "import sys, app.main; app.main.create_app(); sys.exit('torch' in sys.modules)"
    env = {**os.environ, "PYTHONPATH": str(Path.cwd())}

    assert subprocess.run([sys.executable, "-c", code], env=env, check=False).returncode == 0


@dataclass(frozen=True)
class Place:
    """A project with one of everything that a path may name."""

    project: Project
    ids: dict[str, object]


@dataclass(frozen=True)
class Server:
    """A server with an own project, a foreign one, and people in all roles."""

    client: TestClient
    sign_in_as: Callable[[User], TestClient]
    people: dict[str, User]
    own: Place
    foreign: Place

    def ask(self, who: str, route: Declared, *places: Place) -> httpx.Response:
        """Send a request as somebody; later places fill parameters that earlier ones do not."""
        self.client.cookies.clear()
        if who != "anonymous":
            self.sign_in_as(self.people[who])
        ids = {name: value for place in reversed(places) for name, value in place.ids.items()}
        path = re.sub(r"{(\w+)(:\w+)?}", lambda found: str(ids.get(found[1], 1)), route.path)
        body = None if route.method in ("GET", "DELETE") else {}
        return self.client.request(route.method, path, json=body)


@pytest.fixture
def server(client: TestClient, make: Factory, sign_in_as: Callable[[User], TestClient]) -> Server:
    own, foreign = _place(make), _place(make)
    people = {
        "outsider": make.user(),
        "annotator": make.member(own.project),
        "lead": make.member(own.project, Role.LEAD),
        "admin": make.admin(),
    }
    return Server(client, sign_in_as, people, own, foreign)


def _place(make: Factory) -> Place:
    project = make.project()
    fellow = make.member(project)
    query = make.query(project)
    image = make.image(project)
    ids = {
        "project_id": project.id,
        "user_id": fellow.id,
        "class_id": make.classes(project)[0].id,
        "query_id": query.id,
        "round_id": query.round_id,
        "image_id": image.id,
        "sha256": image.sha256,
        "label_id": make.label(query, fellow).id,
        "remark_id": make.remark(query, fellow).id,
        "stage_id": make.stage(project).id,
        "import_id": make.imported(project).id,
        "change": "make-admin",
        "figure": "curve",
    }
    return Place(project, ids)


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
def test_a_policy_holds(route: Declared, server: Server) -> None:
    for who in ("anonymous", "outsider", "annotator", "lead", "admin"):
        for place in (server.own, server.foreign) if route.policies[0].role else (server.own,):
            expected = _verdict(route.policies[0], who, own=place is server.own)
            if expected == "passes" and route.path in ENDLESS:
                continue
            response = server.ask(who, route, place)
            seen = _seen(response, route)
            if seen == "hidden" and expected == "passes" and _names_more(route):
                seen = "passes"
            told = f"{who} in the {'own' if place is server.own else 'foreign'} project"
            assert seen == expected, f"{told}: {response.text[:300]}"


def _verdict(policy: Policy, who: str, *, own: bool) -> str:
    """Say what the policy promises; the only place besides `auth` that spells the rules out."""
    if not policy.signed_in:
        return "passes"
    if who == "anonymous":
        return "sign in"
    if policy.admin:
        return "passes" if who == "admin" else "forbidden"
    if policy.role is None or who == "admin":
        return "passes"
    if who == "outsider" or not own:
        return "hidden"
    return "passes" if who == "lead" or policy.role == Role.ANNOTATOR else "forbidden"


def _seen(response: httpx.Response, route: Declared) -> str:
    """Say what an answer means."""
    assert response.status_code < 500, response.text
    if not route.policies[0].signed_in:
        return "passes"
    kind = response.headers.get("content-type", "")
    if response.status_code == 401 or "/sign-in" in response.headers.get("location", ""):
        assert response.status_code == 401 or not route.path.startswith("/api/v1/")
        assert kind.startswith("application/problem+json") or response.status_code == 303
        return "sign in"
    if response.status_code == 403:
        return "forbidden"
    if response.status_code == 404 and route.policies[0].role is not None:
        return "hidden"
    return "passes"


def _names_more(route: Declared) -> bool:
    """Whether the path names more than the project, which the route itself may not find."""
    return bool(set(re.findall(r"{(\w+)", route.path)) - {"project_id"})


#: People belong to no project, so a path may name anybody.
_OBJECT_OF_A_PROJECT = r"{project_id}.*{((?!user_id)\w+_id|sha256)}"


@pytest.mark.parametrize(
    "route",
    [each for each in ROUTES if re.search(_OBJECT_OF_A_PROJECT, each.path)],
    ids=lambda route: f"{route.method} {route.path}",
)
def test_an_object_of_a_foreign_project_is_not_found_in_the_own(
    route: Declared, server: Server, make: Factory
) -> None:
    """The path names the own project, and an object of the foreign one."""
    mixed = Place(server.own.project, {"project_id": server.own.project.id})

    for who in ("lead", "admin"):
        response = server.ask(who, route, mixed, server.foreign)
        assert response.status_code in (404, 422), json.dumps(response.text[:300])
