"""Options of every part of the machine side: what can be set, its default and its range.

Imports no torch. Knows nothing of the parts themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


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


@dataclass(frozen=True)
class VaeOptions:
    """Variational autoencoder."""

    latent_size: int = option(24, "Length of one latent.", low=2, high=256)
    epochs: int = option(12, "Passes over the pool while training.", low=1, high=500)
    least_steps: int = option(
        2000, "Small pools are passed more often, up to this many steps.", low=0, high=100_000
    )


@dataclass(frozen=True)
class DcganOptions:
    """Deep convolutional generative adversarial network."""

    latent_size: int = option(100, "Length of one latent.", low=2, high=256)
    epochs: int = option(20, "Passes over the pool while training.", low=1, high=500)
    least_steps: int = option(
        3000, "Small pools are passed more often, up to this many steps.", low=0, high=100_000
    )


@dataclass(frozen=True)
class LinearSvmOptions:
    """Linear support vector machine."""

    strength: float = option(
        0.0,
        "L2 strength gamma, with C = 1 / (n gamma); 0 chooses it by "
        "cross-validation on the labels.",
        low=0.0,
        high=1000.0,
    )


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
