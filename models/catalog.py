"""Names and options of every feature map, generator, learner and strategy.

Imports no torch, so that forms, settings and the command line can list the parts without loading
any of them. A new part is one module and one entry here; the contract test then covers it.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from types import ModuleType
from typing import Any


class Kind(StrEnum):
    """The four kinds of parts."""

    #: Maps pixels to vectors.
    FEATURES = "features"
    #: Maps latents to images.
    GENERATOR = "generator"
    #: Maps vectors to decisions.
    LEARNER = "learner"
    #: Chooses or synthesizes queries.
    STRATEGY = "strategy"


class UnknownPart(ValueError):
    """The catalogue has no part of that name; the message lists those it has."""


class BadOption(ValueError):
    """An option is unknown or out of its range; the message says which values are allowed."""


def option(default: Any, help: str, *, low: float | None = None, high: float | None = None,
           choices: tuple[str, ...] = ()) -> Any:
    """Declare one option of a part: its default, its meaning, and its allowed values."""
    return field(default=default,
                 metadata={"help": help, "low": low, "high": high, "choices": choices})


@dataclass(frozen=True)
class PixelsOptions:
    """Pixels have nothing to choose."""


@dataclass(frozen=True)
class DiscriminatorOptions:
    """Self-taught features."""

    epochs: int = option(14, "Passes over the pool while training.", low=0, high=200)


@dataclass(frozen=True)
class VaeOptions:
    """Variational autoencoder."""

    latent_size: int = option(24, "Length of one latent.", low=2, high=256)
    epochs: int = option(12, "Passes over the pool while training.", low=1, high=500)


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


ENTRIES: tuple[Entry, ...] = (
    Entry(Kind.FEATURES, "pixels", "Pixels", "Every pixel is one number.",
          PixelsOptions, "models.features.pixels"),
    Entry(Kind.FEATURES, "discriminator", "Self-taught discriminator",
          "Layers of a discriminator that learned from the unlabeled pool.",
          DiscriminatorOptions, "models.features.discriminator"),
    Entry(Kind.GENERATOR, "vae", "Variational autoencoder",
          "Encodes and decodes; searches can start at real images.",
          VaeOptions, "models.generators.vae"),
)


def entries(kind: Kind) -> tuple[Entry, ...]:
    """List the parts of one kind."""
    return tuple(entry for entry in ENTRIES if entry.kind is kind)


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
        raise BadOption(f"{key} must be {type(default).__name__}, not {value!r}.")
    if meta["choices"] and value not in meta["choices"]:
        raise BadOption(f"{key} must be one of: {', '.join(meta['choices'])}.")
    if meta["low"] is not None and value < meta["low"]:
        raise BadOption(f"{key} must be at least {meta['low']}, not {value}.")
    if meta["high"] is not None and value > meta["high"]:
        raise BadOption(f"{key} must be at most {meta['high']}, not {value}.")
