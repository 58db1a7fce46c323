"""Names and options of every feature map, generator, learner and strategy.

Imports no torch, so that forms, settings and the command line can list the parts without loading
any of them. A new part is one module and one entry here; the contract test then covers it.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from types import ModuleType
from typing import Any

from models.options import (
    BandOptions,
    DcganOptions,
    DiscriminatorOptions,
    DiverseMarginOptions,
    GaalOptions,
    LinearSvmOptions,
    MarginOptions,
    MedoidsOptions,
    PixelsOptions,
    RandomOptions,
    SimpleGanOptions,
    VaeOptions,
)


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


_SPOKEN = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}


class UnknownPart(ValueError):
    """The catalogue has no part of that name; the message lists those it has."""


class BadOption(ValueError):
    """An option is unknown or out of its range; the message says which values are allowed."""


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
    Entry(
        Kind.FEATURES,
        "pixels",
        "Pixels",
        "Every pixel is one number.",
        PixelsOptions,
        "models.features.pixels",
        "arXiv 1702.07956",
    ),
    Entry(
        Kind.FEATURES,
        "discriminator",
        "Self-taught discriminator",
        "Layers of a discriminator that learned from the unlabeled pool.",
        DiscriminatorOptions,
        "models.features.discriminator",
        "arXiv 1802.05957",
    ),
    Entry(
        Kind.GENERATOR,
        "vae",
        "Variational autoencoder",
        "Encodes and decodes; searches can start at real images.",
        VaeOptions,
        "models.generators.vae",
        "arXiv 1312.6114",
    ),
    Entry(
        Kind.GENERATOR,
        "dcgan",
        "DCGAN",
        "The paper's generator; sharper images, but no way back from an image to its latent.",
        DcganOptions,
        "models.generators.dcgan",
        "arXiv 1511.06434",
    ),
    Entry(
        Kind.LEARNER,
        "linear_svm",
        "Linear support vector machine",
        "One hyperplane per class; two classes share one.",
        LinearSvmOptions,
        "models.learners.linear_svm",
        "arXiv 1702.07956",
    ),
    Entry(
        Kind.STRATEGY,
        "random",
        "Random",
        "Real images drawn at random.",
        RandomOptions,
        "models.strategies.random_images",
    ),
    Entry(
        Kind.STRATEGY,
        "medoids",
        "Medoids of the pool",
        "The most typical image of each k-means cluster: a cold start before any label.",
        MedoidsOptions,
        "models.strategies.medoids",
    ),
    Entry(
        Kind.STRATEGY,
        "margin",
        "Margin (SVMactive)",
        "Real images nearest to the decision boundary.",
        MarginOptions,
        "models.strategies.margin",
        "Tong and Koller 2001",
    ),
    Entry(
        Kind.STRATEGY,
        "diverse_margin",
        "Diversified margin",
        "Medoids among the real images nearest to the boundary.",
        DiverseMarginOptions,
        "models.strategies.diverse_margin",
        "Xu et al. 2003",
    ),
    Entry(
        Kind.STRATEGY,
        "band",
        "Band search",
        "Synthesized images close to the boundary that people can still name.",
        BandOptions,
        "models.strategies.band",
    ),
    Entry(
        Kind.STRATEGY,
        "gaal",
        "GAAL",
        "Query synthesis of the paper: gradient descent to the boundary from random latents.",
        GaalOptions,
        "models.strategies.gaal",
        "arXiv 1702.07956",
    ),
    Entry(
        Kind.STRATEGY,
        "simple_gan",
        "Simple GAN",
        "Synthesized images from random latents.",
        SimpleGanOptions,
        "models.strategies.simple_gan",
        "arXiv 1702.07956",
    ),
)


@dataclass(frozen=True)
class Choice:
    """One part by name, with the options that differ from their defaults."""

    name: str
    options: Mapping[str, int | float | str] = field(default_factory=dict)


@dataclass(frozen=True)
class Preset:
    """A complete set of choices for a project."""

    name: str
    title: str
    summary: str
    features: Choice
    generator: Choice
    learner: Choice
    #: Poses the first queries, before there is a learner; and how many.
    cold_start: Choice
    cold_start_size: int
    #: The strategy of each slot of the mix.
    strategies: Mapping[str, Choice]
    #: Share of each slot in a batch; the shares add up to one.
    mix: Mapping[str, float]
    batch_size: int
    #: `continuous` or `strict`.
    mode: str


PRESETS: Mapping[str, Preset] = {
    "default": Preset(
        name="default",
        title="Cusp",
        summary="Self-taught features, band search beside diversified margin, an honest slice.",
        features=Choice("discriminator"),
        generator=Choice("vae"),
        learner=Choice("linear_svm"),
        cold_start=Choice("medoids"),
        cold_start_size=10,
        strategies={
            "synthesized": Choice("band"),
            "pool": Choice("diverse_margin"),
            "explore": Choice("random"),
        },
        mix={"synthesized": 0.4, "pool": 0.5, "explore": 0.1},
        batch_size=10,
        mode="continuous",
    ),
    "paper": Preset(
        name="paper",
        title="GAAL as published",
        summary="Pixels, DCGAN and descent to the boundary, exactly as Zhu and Bento describe.",
        features=Choice("pixels"),
        generator=Choice("dcgan"),
        learner=Choice("linear_svm", {"strength": 0.001}),
        cold_start=Choice("random"),
        cold_start_size=50,
        strategies={
            "synthesized": Choice("gaal"),
            "pool": Choice("margin"),
            "explore": Choice("random"),
        },
        mix={"synthesized": 1.0, "pool": 0.0, "explore": 0.0},
        batch_size=10,
        mode="strict",
    ),
}


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
        raise BadOption(f"{key} must be {_SPOKEN[type(default)]}, not {value!r}.")
    if isinstance(value, float) and not math.isfinite(value):
        raise BadOption(f"{key} must be a finite number, not {value}.")
    if meta["choices"] and value not in meta["choices"]:
        raise BadOption(f"{key} must be one of: {', '.join(meta['choices'])}.")
    if meta["low"] is not None and value < meta["low"]:
        raise BadOption(f"{key} must be at least {meta['low']}, not {value}.")
    if meta["high"] is not None and value > meta["high"]:
        raise BadOption(f"{key} must be at most {meta['high']}, not {value}.")
