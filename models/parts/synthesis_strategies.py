"""Strategies that synthesize their queries. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass

from models.parts.declaring import Entry, Kind, Slot, option


@dataclass(frozen=True)
class BandOptions:
    """Band search."""

    starts: int = option(64, "Latents that are searched from.", low=1, high=1024)
    steps: int = option(5, "Steps of the search.", low=0, high=100)
    width: float = option(
        1.0, "Half-width of the band around the boundary, in margins.", low=0.0, high=10.0
    )
    least_chance: float = option(
        0.5, "Images that people would name with a smaller chance are held back.", low=0.0, high=1.0
    )
    spacing: float = option(
        0.5,
        "Least distance to anything asked, in typical distances between neighbors of the pool.",
        low=0.0,
        high=10.0,
    )
    candidates: float = option(2.4, "Images considered per query posed.", low=1.0, high=100.0)


@dataclass(frozen=True)
class GaalOptions:
    """Query synthesis of the paper."""

    steps: int = option(100, "Steps of gradient descent from one start.", low=1, high=10_000)
    restarts: int = option(
        3, "Times that a search which did not arrive starts anew.", low=0, high=100
    )
    rate: float = option(0.05, "Step size.", low=0.0001, high=10.0)
    momentum: float = option(0.9, "Share of the last step that is kept.", low=0.0, high=0.999)


@dataclass(frozen=True)
class SimpleGanOptions:
    """Random latents have nothing to choose."""


ENTRIES: tuple[Entry, ...] = (
    Entry(
        Kind.STRATEGY,
        "band",
        "Band search",
        "Synthesized images close to the boundary that people can still name.",
        BandOptions,
        "models.strategies.band",
        slots=frozenset({Slot.SYNTHESIZED}),
        needs=frozenset({"learner", "generator"}),
    ),
    Entry(
        Kind.STRATEGY,
        "gaal",
        "GAAL",
        "Query synthesis of the paper: gradient descent to the boundary from random latents.",
        GaalOptions,
        "models.strategies.gaal",
        source="arXiv 1702.07956",
        slots=frozenset({Slot.SYNTHESIZED}),
        needs=frozenset({"learner", "generator"}),
    ),
    Entry(
        Kind.STRATEGY,
        "simple_gan",
        "Simple GAN",
        "Synthesized images from random latents.",
        SimpleGanOptions,
        "models.strategies.simple_gan",
        source="arXiv 1702.07956",
        slots=frozenset({Slot.SYNTHESIZED}),
        needs=frozenset({"generator"}),
    ),
)
