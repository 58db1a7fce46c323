"""Names and options of every feature map, generator, learner and strategy, of streams too.

Imports no torch, so that forms, settings and the command line can list the parts without loading
any of them. A new part is one module and one entry in `models/parts/`; the contract test then
covers it.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Mapping
from dataclasses import fields
from types import ModuleType
from typing import Any

from models.parts import (
    features,
    generators,
    learners,
    pool_strategies,
    stream_strategies,
    synthesis_strategies,
)
from models.parts.declaring import Entry, Kind, Slot

_SPOKEN = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}


class UnknownPart(ValueError):
    """The catalogue has no part of that name; the message lists those it has."""


class BadOption(ValueError):
    """An option is unknown or out of its range; the message says which values are allowed."""


ENTRIES: tuple[Entry, ...] = (
    *features.ENTRIES,
    *generators.ENTRIES,
    *learners.ENTRIES,
    *pool_strategies.ENTRIES,
    *synthesis_strategies.ENTRIES,
    *stream_strategies.ENTRIES,
)


def entries(kind: Kind) -> tuple[Entry, ...]:
    """List the parts of one kind."""
    return tuple(entry for entry in ENTRIES if entry.kind is kind)


def strategies_for(slot: Slot) -> tuple[str, ...]:
    """Name the strategies that may be asked for this."""
    return tuple(each.name for each in entries(Kind.STRATEGY) if slot in each.slots)


def entry(kind: Kind, name: str) -> Entry:
    """Find one part, or raise `UnknownPart`."""
    for candidate in entries(kind):
        if candidate.name == name:
            return candidate
    known = ", ".join(candidate.name for candidate in entries(kind))
    raise UnknownPart(f"There is no {kind} called {name!r}. Choose one of: {known}.")


def read_options(kind: Kind, name: str, values: Mapping[str, Any]) -> Any:
    """Build the options of one part from plain values, or raise `BadOption`."""
    chosen = entry(kind, name)
    declared = {each.name: each for each in fields(chosen.options)}
    for key, value in values.items():
        if key not in declared:
            raise BadOption(f"{kind} {name} has no option {key!r}. It has: {', '.join(declared)}.")
        _check(key, value, declared[key].metadata, declared[key].default)
    return chosen.options(**values)


def module(kind: Kind, name: str) -> ModuleType:
    """Load the code of one part; this is what brings torch in."""
    return importlib.import_module(entry(kind, name).module)


def _check(key: str, value: Any, meta: Mapping[str, Any], default: Any) -> None:
    allowed = (int, float) if isinstance(default, float) else type(default)
    if not isinstance(value, allowed) or isinstance(value, bool) is not isinstance(default, bool):
        raise BadOption(f"{key} must be {_SPOKEN[type(default)]}, not {value!r}.")
    if isinstance(value, float) and not math.isfinite(value):
        raise BadOption(f"{key} must be a finite number, not {value}.")
    if meta["choices"] and value not in meta["choices"]:
        raise BadOption(f"{key} must be one of: {', '.join(meta['choices'])}.")
    if meta["low"] is not None and value < meta["low"]:
        raise BadOption(f"{key} must be at least {meta['low']}, not {value}.")
    if meta["high"] is not None and value > meta["high"]:
        raise BadOption(f"{key} must be at most {meta['high']}, not {value}.")
