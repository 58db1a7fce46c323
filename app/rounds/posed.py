"""A posed query: which image or images, in which way, and what it can be replayed from.

Plain values; knows no strategy and no table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.words import Source, Way
from models.interfaces import Images


@dataclass(frozen=True)
class Posed:
    """One query about to be written."""

    source: Source
    #: Of a pool image: its row in the pool; None for a synthesized one.
    row: int | None
    #: Of a synthesized image: (1, channels, height, width).
    image: Images | None
    utility: float | None
    margin: float | None
    provenance: dict[str, Any]
    way: Way = Way.SINGLE
    #: Whether it does not wait behind what the learner is less sure of.
    first: bool = False
    #: Of a walk: the ids of the classes `from` and `to`; of a pair: `class` and `against`.
    about: Mapping[str, int] = field(default_factory=dict)
    #: Of a walk: its frames (f, channels, height, width).
    strip: Images | None = None
    #: Of a pair: both rows in the pool, in the order in which they are shown.
    rows: tuple[int, int] | None = None
    #: Of a synthesized image: rows of the real images nearest to it, and how far they are.
    twins: tuple[tuple[int, float], ...] = ()
