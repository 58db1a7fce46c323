"""Asking: posed queries become rows that people are lent, and their images become files.

Knows nothing of how a query was found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app import artifacts
from app.rounds import asking_store, materials, store
from app.rounds.briefs import Brief
from app.rounds.posed import Posed
from app.words import Way


@dataclass(frozen=True)
class Stored:
    """SHA-256 of the files that a posed query shows: of its own image, and of a walk's frames."""

    image: str | None
    strip: tuple[str, ...] = ()


#: Images of the pool: place in the shelf -> id.
_Pool = Mapping[tuple[int, int], int]


def store_images(posed: Posed) -> Stored:
    """Write the images that were imagined, before any transaction."""
    if posed.strip is not None:
        frames = [posed.strip[at : at + 1] for at in range(len(posed.strip))]
        return Stored(
            artifacts.write_image(materials.png(posed.image)) if posed.image is not None else None,
            tuple(artifacts.write_image(materials.png(frame)) for frame in frames),
        )
    if posed.image is None:
        return Stored(None)
    return Stored(artifacts.write_image(materials.png(posed.image)))


def add(
    session: Session, brief: Brief, round_id: int, posed: Sequence[Posed], stored: Sequence[Stored]
) -> None:
    """Put posed queries to annotators; one whose image the project knows already is left out."""
    rows = {row for each in posed for row in (each.row, *(each.rows or ())) if row is not None}
    rows |= {row for each in posed for row, _ in each.twins}
    places = [brief.pool.place(row) for row in sorted(rows)]
    pool = store.pool_image_ids(session, brief.project_id, places)
    for each, files in zip(posed, stored, strict=True):
        image_id = _image(session, brief, each, files, pool)
        if image_id is None:
            continue
        query_id = asking_store.add_query(
            session,
            brief.project_id,
            round_id,
            image_id=image_id,
            # Marks are one person's: two walks of one strip have no majority.
            overlap=brief.settings.overlap if each.way is Way.SINGLE else 1,
            source=each.source,
            way=each.way,
            about=dict(each.about),
            utility=each.utility,
            margin=each.margin,
            priority=priority(each),
            provenance=_provenance(brief, each, pool),
        )
        asking_store.add_query_images(
            session, query_id, _further(session, brief, each, files, pool)
        )


def priority(posed: Posed) -> float:
    """Lend what the learner is least sure of first; random images do not wait behind it."""
    return 0.0 if posed.margin is None or posed.first else -posed.margin


def _provenance(brief: Brief, posed: Posed, pool: _Pool) -> dict[str, Any]:
    """Say what it can be replayed from, and its twins as [image id, distance]."""
    if not posed.twins:
        return posed.provenance
    twins = [[pool[brief.pool.place(row)], apart] for row, apart in posed.twins]
    return {**posed.provenance, "twins": twins}


def _image(session: Session, brief: Brief, posed: Posed, files: Stored, pool: _Pool) -> int | None:
    if posed.row is not None:
        return pool.get(brief.pool.place(posed.row))
    return asking_store.add_synthesized_image(session, brief.project_id, files.image or "")


def _further(session: Session, brief: Brief, posed: Posed, files: Stored, pool: _Pool) -> list[int]:
    """List the images that a walk or a pair shows, in order; none for a single image."""
    if posed.rows is not None:
        return [pool[brief.pool.place(row)] for row in posed.rows]
    return [
        asking_store.synthesized_image(session, brief.project_id, sha256) for sha256 in files.strip
    ]
