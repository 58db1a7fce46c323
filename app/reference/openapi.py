"""The API's description for programs: FastAPI's document, and who may call and how calls fail."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from app.accounts.auth import Policy
from app.config import config
from app.reference import policies

_ABOUT = """Everything that the pages do, for programs. Send a token, made on your account page, as
`Authorization: Bearer …`. Lists take `after` and `limit` and answer `items` and `next`. Whatever
goes wrong is answered with a problem document (RFC 9457) whose `detail` says what to do."""
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "examples": ["/problems/not-found"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "description": "The request's id in the server's log."},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}
_FAILS = {
    "description": "A problem document that says what to do.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def document(app: FastAPI) -> dict[str, Any]:
    """Describe the API; FastAPI keeps its document, and so what is added here stays in it."""
    described = app.openapi()
    components = described.setdefault("components", {})
    if "securitySchemes" in components:
        return described
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = _PROBLEM
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    described["info"]["description"] = " ".join(_ABOUT.split())
    described["servers"] = [{"url": config().base_url}]
    for route in policies.declared(app):
        operation = described["paths"].get(route.path, {}).get(route.method.lower())
        if operation:
            _complete(operation, route.policies[0])
    _lift(described["paths"], schemas)
    return described


def _complete(operation: dict[str, Any], policy: Policy) -> None:
    """Add the policy to an operation, and the one form in which it fails."""
    operation["x-who"] = policy.who
    operation["security"] = [{"token": []}] if policy.signed_in else []
    operation["responses"].pop("422", None)
    operation["responses"]["default"] = _FAILS


def _lift(node: Any, schemas: dict[str, Any]) -> None:
    """Move definitions that a schema carries itself to where all references can lead."""
    if isinstance(node, list):
        for each in node:
            _lift(each, schemas)
    if not isinstance(node, dict):
        return
    definitions = node.pop("$defs", {})
    for name, definition in definitions.items():
        schemas.setdefault(name, definition)
    if str(node.get("$ref", "")).startswith("#/$defs/"):
        node["$ref"] = node["$ref"].replace("#/$defs/", "#/components/schemas/")
    for each in [*node.values(), *definitions.values()]:
        _lift(each, schemas)
