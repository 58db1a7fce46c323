"""Which policy each route declares, read off the application itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from app.accounts.auth import Policy


@dataclass(frozen=True)
class Declared:
    """A route and every policy in its dependencies; there should be exactly one."""

    method: str
    path: str
    policies: tuple[Policy, ...]


def declared(app: FastAPI) -> Iterator[Declared]:
    """List all routes with their policies; mounts, which have no methods, are left out."""
    for route in iter_route_contexts(app.routes):
        dependant = getattr(route, "dependant", None)
        found = tuple(_policies(dependant)) if dependant else ()
        for method in sorted(route.methods or ()):
            yield Declared(method, route.path or "", found)


def _policies(dependant: Dependant) -> Iterator[Policy]:
    if isinstance(dependant.call, Policy):
        yield dependant.call
    for child in dependant.dependencies:
        yield from _policies(child)
