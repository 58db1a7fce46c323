"""Instead: to which real image a class belongs where people labeled one, not the imagined one.

Reads tables through `twins_store`; its rules are pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

from sqlalchemy.orm import Session

from app.rounds import twins_store
from app.words import Source

#: A pool image: its import, and its row in that import's array.
Place = tuple[int, int]


class Supporter(Protocol):
    """A standing label with the class that its query has settled on."""

    query_id: int
    class_id: int
    source: Source
    #: All None where the label is about the imagined image itself.
    import_id: int | None
    row: int | None
    sha256: str | None


@dataclass(frozen=True)
class Instead:
    """A real image that bears the class of a query, in place of the query's own image."""

    query_id: int
    source: Source
    place: Place
    sha256: str
    class_id: int


def read(session: Session, project_id: int) -> list[Instead]:
    """List the real images that people labeled in place of imagined ones."""
    return list(judge(twins_store.supporters(session, project_id)))


def judge(supporters: Iterable[Supporter]) -> Iterator[Instead]:
    """Say where a class belongs to a real image: where everybody who said so looked at one.

    Supporters come by query, the first answer first; of several real images the first one counts.
    """
    for query_id, group in groupby(supporters, key=lambda each: each.query_id):
        labels = list(group)
        first = labels[0]
        if all(each.row is not None for each in labels):
            place = (first.import_id or 0, first.row or 0)
            yield Instead(query_id, first.source, place, first.sha256 or "", first.class_id)


def once(found: Sequence[Instead], known: Collection[Place]) -> list[Instead]:
    """Leave out images whose class is known already: no image counts twice."""
    seen, kept = set(known), []
    for each in found:
        if each.place not in seen:
            kept.append(each)
            seen.add(each.place)
    return kept
