"""Strategies for images that arrive one by one. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.parts.declaring import Entry, Kind, option

_ZLIOBAITE = "Zliobaite et al. 2014"


def _share() -> Any:
    return option(0.1, "Share of the arriving images that may be asked.", low=0.0, high=1.0)


def _lately() -> Any:
    return option(100, "Images over which spending is evened out.", low=1, high=100_000)


def _step() -> Any:
    return option(
        0.01,
        "How much the threshold falls when an image is asked, and rises when one is let go.",
        low=0.0001,
        high=0.9999,
    )


@dataclass(frozen=True)
class FixedUncertaintyOptions:
    """A fixed threshold."""

    share: float = _share()
    lately: int = _lately()


@dataclass(frozen=True)
class VariableUncertaintyOptions:
    """A threshold that follows the stream."""

    share: float = _share()
    lately: int = _lately()
    step: float = _step()


@dataclass(frozen=True)
class SplitOptions:
    """A threshold that follows the stream, beside a random part."""

    share: float = _share()
    lately: int = _lately()
    step: float = _step()
    random: float = option(
        0.1,
        "Part of the stream that is judged by lot, whatever the learner thinks.",
        low=0.0,
        high=1.0,
    )


@dataclass(frozen=True)
class DensityOptions:
    """A threshold for images in crowded places."""

    share: float = _share()
    step: float = _step()
    window: int = option(100, "Arrivals that an image is compared with.", low=1, high=1000)


ENTRIES: tuple[Entry, ...] = (
    Entry(
        Kind.STREAM,
        "fixed_uncertainty",
        "Fixed uncertainty",
        "Asks when the likeliest class is less likely than a fixed threshold.",
        FixedUncertaintyOptions,
        "models.streams.fixed_uncertainty",
        source=_ZLIOBAITE,
        needs=frozenset({"learner"}),
    ),
    Entry(
        Kind.STREAM,
        "variable_uncertainty",
        "Variable uncertainty",
        "Asks below a threshold that moves until the share is spent evenly.",
        VariableUncertaintyOptions,
        "models.streams.variable_uncertainty",
        source=_ZLIOBAITE,
        needs=frozenset({"learner"}),
    ),
    Entry(
        Kind.STREAM,
        "split",
        "Split",
        "Variable uncertainty, and part of the stream by lot, so that changes far from the "
        "boundary are noticed.",
        SplitOptions,
        "models.streams.split",
        source=_ZLIOBAITE,
        needs=frozenset({"learner"}),
    ),
    Entry(
        Kind.STREAM,
        "stream_density",
        "Density of the stream",
        "Asks about uncertain images in crowded places of the recent stream.",
        DensityOptions,
        "models.streams.stream_density",
        source="Ienco, Zliobaite and Pfahringer 2014",
        needs=frozenset({"learner"}),
    ),
)
