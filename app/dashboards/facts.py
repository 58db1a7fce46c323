"""Reads facts that the machine left as JSON; what is missing or odd reads as nothing. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def number(value: object) -> float | None:
    """Read a number; a boolean is none."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def whole(value: object) -> int | None:
    """Read a whole number."""
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def text(value: object) -> str:
    """Read a text; anything else is empty."""
    return value if isinstance(value, str) else ""


def numbers(value: object) -> dict[str, float]:
    """Read numbers by name."""
    pairs = value.items() if isinstance(value, Mapping) else ()
    return {str(key): found for key, each in pairs if (found := number(each)) is not None}


def wholes(value: object) -> dict[str, int]:
    """Read whole numbers by name."""
    return {key: int(each) for key, each in numbers(value).items()}


def texts(value: object) -> dict[str, str]:
    """Read texts by name."""
    pairs = value.items() if isinstance(value, Mapping) else ()
    return {str(key): each for key, each in pairs if isinstance(each, str)}


def series(value: object) -> list[float]:
    """Read a list of numbers."""
    each = value if isinstance(value, list) else []
    return [found for item in each if (found := number(item)) is not None]


#: Of a query's provenance: what is not where it comes from, but kept for who answers it.
_FOR_ANNOTATORS = {"twins", "why"}


def readable(provenance: Mapping[str, Any]) -> dict[str, str]:
    """Write nested facts as lines that a person can read; long vectors are only described."""
    lines: dict[str, str] = {}
    for key, value in provenance.items():
        if key in _FOR_ANNOTATORS:
            continue
        name = str(key).replace("_", " ")
        if isinstance(value, Mapping):
            lines |= {f"{name}: {inner}": each for inner, each in readable(value).items()}
        else:
            lines[name] = _line(value)
    return lines


def _line(value: object) -> str:
    if isinstance(value, list):
        shown = ", ".join(_line(item) for item in value[:4])
        return f"{shown}, … ({len(value)} numbers)" if len(value) > 4 else shown
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    return "none" if value is None else str(value)
