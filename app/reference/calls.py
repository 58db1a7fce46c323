"""Turns the OpenAPI document into what the reference page lists: calls, in groups.

Pure: knows the document's form, nothing of the application.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from app.reference.shapes import Schema, example, written

_FORM = ("multipart/form-data", "application/x-www-form-urlencoded")


@dataclass(frozen=True)
class Parameter:
    """A part of the path or of the query string."""

    name: str
    place: str
    kind: str
    required: bool
    explanation: str


@dataclass(frozen=True)
class Call:
    """One method at one path."""

    id: str
    method: str
    path: str
    summary: str
    more: str
    who: str
    parameters: list[Parameter]
    takes: str
    answers: list[tuple[str, str]]
    curl: str


def groups(document: dict[str, Any], base_url: str) -> dict[str, list[Call]]:
    """Return all calls by their first tag, in the document's order."""
    found: dict[str, list[Call]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            call = _call(document, base_url, path, method=method, operation=operation)
            tag = (operation.get("tags") or ["other"])[0]
            found.setdefault(tag, []).append(call)
    return found


def _call(
    document: dict[str, Any], base_url: str, path: str, *, method: str, operation: dict[str, Any]
) -> Call:
    components = document.get("components", {}).get("schemas", {})
    summary, _, more = operation.get("description", "").partition("\n")
    body = operation.get("requestBody", {}).get("content", {})
    return Call(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=summary or operation["summary"],
        more=more.strip(),
        who=operation.get("x-who", ""),
        parameters=[_parameter(each, components) for each in operation.get("parameters", [])],
        takes=_shape(body, components),
        answers=_answers(operation["responses"], components),
        curl=_curl(base_url + path, method.upper(), body, components),
    )


def _parameter(parameter: dict[str, Any], components: dict[str, Schema]) -> Parameter:
    schema = parameter.get("schema", {})
    default = f" = {json.dumps(schema['default'])}" if "default" in schema else ""
    return Parameter(
        name=parameter["name"],
        place=parameter["in"],
        kind=written(schema, components) + default,
        required=parameter.get("required", False),
        explanation=parameter.get("description", ""),
    )


def _answers(
    responses: dict[str, dict[str, Any]], components: dict[str, Schema]
) -> list[tuple[str, str]]:
    """Return the shapes of successes; failures are the same problem document everywhere."""
    return [
        (status, _shape(response.get("content", {}), components))
        for status, response in responses.items()
        if status.startswith("2")
    ]


def _shape(content: dict[str, Any], components: dict[str, Schema]) -> str:
    for kind, described in content.items():
        schema = described.get("schema", {})
        if schema or kind != "application/json":
            return written(schema, components) if schema else kind
    return ""


def _curl(address: str, method: str, body: dict[str, Any], components: dict[str, Schema]) -> str:
    """Write a line that a person can paste into a shell after setting TOKEN."""
    words = ["curl", '-H "Authorization: Bearer $TOKEN"']
    if method != "GET":
        words.append(f"-X {method}")
    for kind, described in body.items():
        value = example(described.get("schema", {}), components)
        if kind in _FORM and isinstance(value, dict):
            words += [f"-F {_quoted(f'{name}={_field(each)}')}" for name, each in value.items()]
        elif kind not in _FORM:
            words.append('-H "Content-Type: application/json"')
            words.append(f"-d {_quoted(json.dumps(value, ensure_ascii=False))}")
        break
    return " ".join([*words, f'"{address}"'])


def _field(value: Any) -> str:
    if isinstance(value, list) and value:
        value = value[0]  # A form repeats a field; one of it shows how.
    return value if isinstance(value, str) else json.dumps(value)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
