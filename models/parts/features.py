"""Features: maps from pixels to vectors. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass

from models.parts.declaring import Entry, Kind, option


@dataclass(frozen=True)
class PixelsOptions:
    """Pixels have nothing to choose."""


@dataclass(frozen=True)
class DiscriminatorOptions:
    """Self-taught features."""

    epochs: int = option(
        14, "Passes over the pool while training; 0 keeps the untrained network.", low=0, high=200
    )
    least_steps: int = option(
        1000, "Small pools are passed more often, up to this many steps.", low=0, high=100_000
    )


ENTRIES: tuple[Entry, ...] = (
    Entry(
        Kind.FEATURES,
        "pixels",
        "Pixels",
        "Every pixel is one number.",
        PixelsOptions,
        "models.features.pixels",
        source="arXiv 1702.07956",
    ),
    Entry(
        Kind.FEATURES,
        "discriminator",
        "Self-taught discriminator",
        "Layers of a discriminator that learned from the unlabeled pool.",
        DiscriminatorOptions,
        "models.features.discriminator",
        source="arXiv 1802.05957",
    ),
)
