"""Strategies that choose among real images of the pool. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass

from models.parts.declaring import Entry, Kind, Slot, option


@dataclass(frozen=True)
class RandomOptions:
    """A random choice has nothing to choose."""


@dataclass(frozen=True)
class MedoidsOptions:
    """Medoids of the pool."""

    sample: int = option(
        10_000, "Images looked at, drawn at random from larger pools.", low=10, high=100_000
    )


@dataclass(frozen=True)
class MarginOptions:
    """The margin has nothing to choose."""


@dataclass(frozen=True)
class DiverseMarginOptions:
    """Diversified margin."""

    candidates: float = option(2.4, "Images considered per query posed.", low=1.0, high=100.0)


ENTRIES: tuple[Entry, ...] = (
    Entry(
        Kind.STRATEGY,
        "random",
        "Random",
        "Real images drawn at random.",
        RandomOptions,
        "models.strategies.random_images",
        slots=frozenset({Slot.POOL, Slot.COLD_START}),
    ),
    Entry(
        Kind.STRATEGY,
        "medoids",
        "Medoids of the pool",
        "The most typical image of each k-means cluster: a cold start before any label.",
        MedoidsOptions,
        "models.strategies.medoids",
        slots=frozenset({Slot.POOL, Slot.COLD_START}),
    ),
    Entry(
        Kind.STRATEGY,
        "margin",
        "Margin (SVMactive)",
        "Real images nearest to the decision boundary.",
        MarginOptions,
        "models.strategies.margin",
        source="Tong and Koller 2001",
        slots=frozenset({Slot.POOL}),
        needs=frozenset({"learner"}),
    ),
    Entry(
        Kind.STRATEGY,
        "diverse_margin",
        "Diversified margin",
        "Medoids among the real images nearest to the boundary.",
        DiverseMarginOptions,
        "models.strategies.diverse_margin",
        source="Xu et al. 2003",
        slots=frozenset({Slot.POOL}),
        needs=frozenset({"learner"}),
    ),
)
