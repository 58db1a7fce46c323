"""Schemas as people read them."""

from __future__ import annotations

from typing import Any

import pytest

from app.reference.shapes import example, written

COMPONENTS: dict[str, dict[str, Any]] = {
    "Part": {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "maxLength": 9},
            "more": {"$ref": "#/components/schemas/Part"},
        },
    }
}


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 9}, "whole number 1–9"),
        ({"type": "number", "exclusiveMinimum": 0}, "number ≥ 0"),
        ({"type": "string", "maxLength": 3}, "text (at most 3)"),
        ({"type": "string", "format": "date-time"}, "time"),
        ({"enum": ["a", "b"]}, '"a" | "b"'),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "whole number or null"),
        ({"type": "array", "items": {"type": "boolean"}}, "[true | false, …]"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "{text: text, …}"),
        ({"type": "object"}, "{…}"),
        ({}, "anything"),
        ({"$ref": "#/$defs/Lost"}, "anything"),
    ],
)
def test_a_schema_reads_like_its_json(schema: dict[str, Any], text: str) -> None:
    assert written(schema, {}) == text


def test_an_object_marks_what_may_be_left_out() -> None:
    schema = {
        "type": "object",
        "required": ["a"],
        "properties": {
            "a": {"type": "string"},
            "b": {"type": "integer", "default": 3},
            "c": {"type": "null"},
        },
    }

    assert written(schema, {}).splitlines() == [
        "{",
        '  "a": text,',
        '  "b": whole number = 3,',
        '  "c"?: null',
        "}",
    ]


def test_a_schema_within_itself_ends() -> None:
    reference = {"$ref": "#/components/schemas/Part"}

    assert "…" in written(reference, COMPONENTS)
    assert example(reference, COMPONENTS) == {"name": "text"}
