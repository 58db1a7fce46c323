"""What marks teach: the frames of a walk that bear a class, and which image of a pair is more so.

Reads tables through `asking_store`; its rules are pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.rounds import asking_store
from app.words import Outcome, Source


@dataclass(frozen=True)
class Frame:
    """A frame of a walk which people put on one of its sides, and that side's class."""

    query_id: int
    source: Source
    sha256: str
    class_id: int


@dataclass(frozen=True)
class Compared:
    """A pair that people compared: the places in the pool of the image that is more of the class
    `asked`, as against the class `against`, and of the one that is less.
    """

    more: tuple[int, int]
    less: tuple[int, int]
    asked: int
    against: int
    #: How much it counts: less, where who compared them is doubted.
    weight: float = 1.0


def frames(session: Session, project_id: int) -> list[Frame]:
    """List the frames which walks have given a class: all up to the last of the first class, and
    all from the first of the second one. What lies between has none.
    """
    found = []
    for row in asking_store.marked(session, project_id, Outcome.WALK):
        side = side_of(row.position, row.outcome_marks)
        if side:
            found.append(Frame(row.id, row.source, row.sha256, row.about[side]))
    return found


def side_of(position: int, marks: dict[str, int]) -> str:
    """Say on which side of its marks a frame lies: `from`, `to`, or neither (empty)."""
    if position <= marks["last"]:
        return "from"
    return "to" if position >= marks["first"] else ""


def compared(
    session: Session, project_id: int, class_ids: Sequence[int], counts: Mapping[int, float]
) -> list[Compared]:
    """List the pairs that people compared, of classes that still exist; `counts` are by query."""
    by_query: dict[int, list[Any]] = {}
    for row in asking_store.marked(session, project_id, Outcome.PAIR):
        by_query.setdefault(row.id, []).append(row)
    found = []
    for query_id, both in by_query.items():
        about, more = both[0].about, both[0].outcome_marks["more"]
        if {about["class"], about["against"]} <= set(class_ids):
            places = [(row.import_id, row.row) for row in both]
            asked, against = (class_ids.index(about[each]) for each in ("class", "against"))
            weight = counts.get(query_id, 1.0)
            found.append(Compared(places[more], places[1 - more], asked, against, weight))
    return found
