"""Writes JSON schemas the way people read them: as the JSON itself, with types for values.

Pure: knows the OpenAPI document's form, nothing of the application.
"""

from __future__ import annotations

import json
from typing import Any

Schema = dict[str, Any]
_INDENT = "  "
_DEEPEST = 6


def written(schema: Schema, components: dict[str, Schema], depth: int = 0) -> str:
    """Return a schema as text such as `{"name": text, "days"?: whole number = 90}`."""
    if "$ref" in schema:
        if depth > _DEEPEST:
            return "…"
        return written(_target(schema, components), components, depth)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            options = [written(each, components, depth) for each in schema[several]]
            return " or ".join(dict.fromkeys(options))
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(json.dumps(each) for each in schema["enum"])
    if schema.get("properties"):
        return _object(schema, components, depth)
    if schema.get("type") == "array":
        return f"[{written(schema.get('items', {}), components, depth)}, …]"
    if schema.get("type") == "object":
        return _mapping(schema, components, depth)
    return _simple(schema)


def _object(schema: Schema, components: dict[str, Schema], depth: int) -> str:
    required, inner = set(schema.get("required", ())), _INDENT * (depth + 1)
    lines = []
    for name, value in schema["properties"].items():
        default = f" = {json.dumps(value['default'])}" if "default" in value else ""
        mark = "" if name in required or "default" in value else "?"
        lines.append(f'{inner}"{name}"{mark}: {written(value, components, depth + 1)}{default}')
    return "{\n" + ",\n".join(lines) + "\n" + _INDENT * depth + "}"


def _mapping(schema: Schema, components: dict[str, Schema], depth: int) -> str:
    values = schema.get("additionalProperties")
    if not isinstance(values, dict):
        return "{…}"
    return f"{{text: {written(values, components, depth)}, …}}"


def _simple(schema: Schema) -> str:
    """Name a plain type with its bounds."""
    kinds = {"string": "text", "integer": "whole number", "boolean": "true | false"}
    kind = str(schema.get("type", "anything"))
    formats = {"date-time": "time", "binary": "file"}
    name = formats.get(schema.get("format", ""), kinds.get(kind, kind))
    return f"{name}{_bounds(schema)}"


def _bounds(schema: Schema) -> str:
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    if low is not None and high is not None:
        return f" {low:.15g}–{high:.15g}"
    if low is not None:
        return f" ≥ {low:.15g}"
    if high is not None:
        return f" ≤ {high:.15g}"
    return f" (at most {schema['maxLength']})" if "maxLength" in schema else ""


def example(schema: Schema, components: dict[str, Schema], depth: int = 0) -> Any:
    """Return a value that a schema might take, to begin a request with."""
    if "$ref" in schema:
        target = _target(schema, components)
        return "…" if depth > _DEEPEST else example(target, components, depth + 1)
    if schema.get("examples"):
        return schema["examples"][0]
    if "default" in schema:
        return schema["default"]
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return example(schema[several][0], components, depth)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if "properties" in schema:
        names = set(schema.get("required", ())) or set(schema["properties"])
        chosen = {k: v for k, v in schema["properties"].items() if k in names}
        return {k: example(v, components, depth + 1) for k, v in chosen.items()}
    if schema.get("type") == "array":
        return [example(schema.get("items", {}), components, depth + 1)]
    return _plain_example(schema)


def _plain_example(schema: Schema) -> Any:
    low = schema.get("minimum", 1)
    values = {"string": "text", "integer": low, "number": low, "boolean": True, "object": {}}
    return values.get(str(schema.get("type")))


def _target(schema: Schema, components: dict[str, Schema]) -> Schema:
    """Follow a reference; one that leads nowhere may be anything."""
    return components.get(schema["$ref"].rpartition("/")[2], {})
