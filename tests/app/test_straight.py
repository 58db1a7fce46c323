"""Routes that take the straight way answer as any other route does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, BackgroundTasks, Body, Depends, FastAPI, Query, Request
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from httpx import Response
from pydantic import BaseModel, Field

from app import problems
from app.accounts.auth import Actor, Policy, Visitor
from app.errors import NotSignedIn
from app.straight import Straight

_JSON = {"Content-Type": "application/json"}


class _Sum(BaseModel):
    of: list[int]
    total: int
    by: str
    hidden: int = Field(0, exclude=True)


@dataclass(frozen=True)
class _Door(Policy):
    """Lets pass whoever does not say that they are nobody."""

    async def __call__(self, request: Request) -> Actor:
        if request.headers.get("nobody"):
            raise NotSignedIn
        return Actor(1, "", "Ann", is_admin=False, by_token=False)


Who = Annotated[Actor | Visitor, Depends(_Door("door", "most"))]


async def _name(who: Actor | Visitor) -> str:
    """Let a visitor in, as an endpoint does."""
    actor = await who.policy(who.request) if isinstance(who, Visitor) else who
    return actor.name if actor else ""


def _served(route: type[APIRoute]) -> tuple[TestClient, list[int]]:
    """Serve two endpoints by such routes; what is done after an answer is noted."""
    router, done = APIRouter(route_class=route), list[int]()

    @router.post("/sums")
    async def add(numbers: Annotated[list[int], Body()], who: Who, later: BackgroundTasks) -> _Sum:
        later.add_task(done.append, len(numbers))
        return _Sum(of=numbers, total=sum(numbers), by=await _name(who))

    @router.post("/tables/{row}/cells")
    async def multiply(row: int, who: Who, column: Annotated[int, Query(ge=1, le=9)] = 2) -> _Sum:
        return _Sum(of=[row, column], total=row * column, by=await _name(who))

    app = FastAPI()
    app.include_router(router, prefix="/api/v1")
    problems.install(app)
    return TestClient(app), done


def _comparable(response: Response) -> tuple[int, str, Any]:
    return response.status_code, response.headers["content-type"], response.json()


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/api/v1/sums", {"json": [1, 2, 3]}),
        ("/api/v1/sums", {"json": []}),
        ("/api/v1/sums", {"json": [1], "headers": {"nobody": "1"}}),
        ("/api/v1/sums", {"json": ["one"]}),
        ("/api/v1/sums", {"json": ["one"], "headers": {"nobody": "1"}}),
        ("/api/v1/sums", {"json": {"numbers": [1]}}),
        ("/api/v1/sums", {"content": b"[1, 2", "headers": _JSON}),
        ("/api/v1/sums", {"content": b"[" * 100_000, "headers": _JSON}),
        ("/api/v1/sums", {"content": b"\xff\xfe", "headers": _JSON}),
        ("/api/v1/sums", {"content": b"[1, 2]", "headers": {"Content-Type": "text/plain"}}),
        ("/api/v1/sums", {"content": b"[1]", "headers": {"Content-Type": "application/json; a=b"}}),
        ("/api/v1/sums", {}),
        ("/api/v1/tables/7/cells", {}),
        ("/api/v1/tables/7/cells?column=3", {}),
        ("/api/v1/tables/7/cells?column=10", {}),
        ("/api/v1/tables/7/cells?column=", {}),
        ("/api/v1/tables/seven/cells", {}),
        ("/api/v1/tables/7/cells", {"headers": {"nobody": "1"}}),
    ],
)
def test_the_answer_is_that_of_the_usual_way(path: str, sent: dict[str, Any]) -> None:
    answers = [_comparable(_served(each)[0].post(path, **sent)) for each in (APIRoute, Straight)]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("path", ["/api/v1/sums", "/api/v1/tables/7/cells?column=3"])
def test_what_is_as_it_should_be_never_goes_the_usual_way(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def usual(_request: Request) -> Response:
        raise AssertionError("the usual way")

    monkeypatch.setattr(APIRoute, "get_route_handler", lambda _: usual)
    assert _served(Straight)[0].post(path, json=[1, 2]).status_code == 200


def test_what_comes_after_the_answer_is_done() -> None:
    client, done = _served(Straight)
    client.post("/api/v1/sums", json=[4, 5, 6])
    assert done == [3]


def test_it_is_described_like_any_route() -> None:
    described = [_served(each)[0].get("/openapi.json").json() for each in (APIRoute, Straight)]
    assert described[0] == described[1]
