"""Routes that take the straight way: FastAPI describes them, and does for a request what it must.

FastAPI works out for every request anew what a signature needs, and what may have to be closed
afterwards. Where that is a person, some numbers and a body, it costs more than the answer itself.
Knows policies, and no feature.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import BackgroundTasks, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import request_params_to_args
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from starlette.requests import ClientDisconnect

from app.accounts.auth import Policy

_JSON = "application/json"


class Straight(APIRoute):
    """A route that takes one policy, values of its path and query, and perhaps a JSON body.

    The endpoint is given a `Visitor`, whom it lets in itself. A request that is not as it should be
    goes the usual way, which asks who sends it and says what is wrong; there it is an `Actor`.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what reads a request, calls the endpoint and writes what it returns."""
        usual, written = super().get_route_handler(), TypeAdapter(self.response_model)
        asked, tasks = self.dependant, self.dependant.background_tasks_param_name
        [(who, policy)] = [
            (str(each.name), each.call)
            for each in asked.dependencies
            if isinstance(each.call, Policy)
        ]

        async def handle(request: Request) -> Response:
            given = await _read(asked, request)
            if given is None:
                return await usual(request)
            given[who] = policy.visitor(request)
            background = BackgroundTasks()
            if tasks:
                given[tasks] = background
            content = written.dump_json(await self.endpoint(**given))
            return Response(content, media_type=_JSON, background=background)

        return handle


async def _read(asked: Dependant, request: Request) -> dict[str, Any] | None:
    """Read the values of a request by name; None where some are missing or wrong."""
    found, wrong = request_params_to_args(asked.path_params, request.path_params)
    if asked.query_params:
        more, errors = request_params_to_args(asked.query_params, request.query_params)
        found, wrong = found | more, wrong + errors
    for body in asked.body_params:
        if request.headers.get("content-type") != _JSON:
            return None
        try:
            content = json.loads(await request.body())
        except (ValueError, RecursionError, ClientDisconnect):
            return None
        found[body.name], errors = body.validate(content, {}, loc=("body",))
        wrong += errors
    return None if wrong else found
