"""How a part and its options are declared.

Imports no torch. Knows nothing of the parts themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """The kinds of parts."""

    #: Maps pixels to vectors.
    FEATURES = "features"
    #: Maps latents to images.
    GENERATOR = "generator"
    #: Maps vectors to decisions.
    LEARNER = "learner"
    #: Chooses or synthesizes queries.
    STRATEGY = "strategy"
    #: Asks about images that arrive one by one, or lets them go.
    STREAM = "stream"


class Slot(StrEnum):
    """What a strategy may be asked for."""

    #: The first queries, before there is a learner.
    COLD_START = "cold_start"
    #: Real images out of the pool.
    POOL = "pool"
    #: Images that nobody took.
    SYNTHESIZED = "synthesized"


@dataclass(frozen=True)
class Entry:
    """One part: what it is called, what it does, which options it takes, where it lives."""

    kind: Kind
    name: str
    title: str
    summary: str
    #: A frozen dataclass whose fields are declared with `option`.
    options: type
    #: Module below `models`; it offers `train`/`load`, `fit`/`load` or `build`, by kind.
    module: str
    #: Where the method comes from.
    source: str = ""
    #: Of a strategy: what it may be asked for.
    slots: frozenset[Slot] = frozenset()
    #: Of a strategy: the parts of the situation that must be there, "learner" and "generator".
    needs: frozenset[str] = frozenset()


def option(
    default: Any,
    help: str,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """Declare one option of a part: its default, its meaning, and its allowed values."""
    return field(
        default=default, metadata={"help": help, "low": low, "high": high, "choices": choices}
    )
