"""Shapes of what is told of one query on request."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel


class Twin(BaseModel):
    """A real image near a synthesized one."""

    image_id: int
    image_url: str
    #: In feature space; only the order of distances means something.
    distance: float


class Chance(BaseModel):
    """A class that competed, and how likely the learner took it to be."""

    class_id: int
    name: str
    chance: float


class KnownLabel(BaseModel):
    """A labeled image that spoke for a class."""

    image_url: str
    class_id: int
    name: str
    #: Of a pull: its part in the decision; of a nearest one: its distance in feature space.
    number: float


class Side(BaseModel):
    """One of the two classes that competed most, and the labels that spoke for it."""

    class_id: int
    name: str
    labels: list[KnownLabel]


class Why(BaseModel):
    """Why a query was asked, as the learner saw it before any answer."""

    #: One sentence that says it all.
    words: str
    #: The most likely classes first; empty where no learner saw the query.
    classes: list[Chance]
    #: Half the gap between the two best classes' decisions: 0 is a coin toss.
    margin: float | None
    #: Whether the labels are those that pulled the learner, or merely the nearest.
    kind: Literal["pull", "nearest"] | None
    sides: list[Side]
