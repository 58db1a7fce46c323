"""What is told of one query on request: its twins, and afterwards why it was asked.

Both were found by the worker when the query was posed; here they are only read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.accounts import auth
from app.accounts.auth import Actor
from app.labeling import query_store, store
from app.labeling.errors import NotAnswered, NotLent, UnknownQuery
from app.labeling.query_schemas import Chance, KnownLabel, Side, Twin, Why
from app.projects.settings import ProjectSettings
from app.tables import Query
from app.words import Role, Source

#: By how much the best class leads, from which on the learner is called so.
_SURE = (
    (0.75, "It was sure of {0}"),
    (0.4, "It took it for {0}, most likely"),
    (0.15, "It leaned towards {0}, against {1}"),
    (0.0, "It was a coin toss: {0} or {1}"),
)


def twins(session: Session, actor: Actor, query_id: int) -> list[Twin]:
    """List the real images nearest to a synthesized one, nearest first; none for real images."""
    query, role = _in_reach(session, actor, query_id)
    if role is not Role.LEAD:
        if not query_store.was_lent(session, query_id, actor.user_id):
            raise NotLent
        if not _shows_origin(session, query.project_id):
            return []
    kept: Sequence[tuple[int, float]] = query.provenance.get("twins", [])
    hashes = query_store.unasked_images(session, query.project_id, [each for each, _ in kept])
    return [
        Twin(image_id=image_id, image_url=_address(hashes[image_id]), distance=distance)
        for image_id, distance in kept
        if image_id in hashes
    ]


def why(session: Session, actor: Actor, query_id: int) -> Why:
    """Say what the learner thought of a query that one has answered; never before."""
    query, _ = _in_reach(session, actor, query_id)
    if not query_store.has_answered(session, query_id, actor.user_id):
        raise NotAnswered
    names = query_store.class_names(session, query.project_id)
    # What is asked again was thought of the first time.
    first = query_store.find(session, query.repeat_of) if query.repeat_of else query
    kept = first.provenance.get("why") if first else None
    if kept is None or not all(each in names for each, _ in kept["classes"]):
        return Why(words=_without(query), classes=[], margin=None, kind=None, sides=[])
    chances = [Chance(class_id=k, name=names[k], chance=chance) for k, chance in kept["classes"]]
    return Why(
        words=_words(chances, kept["margin"], query.source),
        classes=chances,
        margin=kept["margin"],
        kind=kept["kind"],
        sides=_sides(session, query.project_id, kept, chances[:2], names),
    )


def _in_reach(session: Session, actor: Actor, query_id: int) -> tuple[Query, Role]:
    query = query_store.find(session, query_id)
    role = auth.role_in(session, actor, query.project_id) if query else None
    if query is None or role is None:
        raise UnknownQuery
    return query, role


def _shows_origin(session: Session, project_id: int) -> bool:
    """Whether people may know which images are imagined: twins would tell."""
    project = store.project(session, project_id)
    return project is not None and ProjectSettings(**project.settings).show_origin


def _words(chances: Sequence[Chance], margin: float, source: Source) -> str:
    best = chances[0]
    second = chances[1] if len(chances) > 1 else best
    lead = best.chance - second.chance if second is not best else 1.0
    form = next(form for least, form in _SURE if lead >= least)
    told = f"{form.format(best.name, second.name)} (margin {margin:.2f})."
    if source is Source.EXPLORE:
        told += " This one was drawn at random, whatever the learner thinks."
    return told


def _without(query: Query) -> str:
    if query.source is Source.COLD_START:
        return "There was no learner yet: this image stands for many others."
    return "Nothing was kept of what the learner thought of this one."


def _sides(
    session: Session,
    project_id: int,
    kept: Mapping[str, Any],
    best: Sequence[Chance],
    names: Mapping[int, str],
) -> list[Side]:
    """Tell of each of the best classes what spoke for it: what pulled its way, or lies nearest."""
    labels: Sequence[tuple[int | str, int, float]] = kept["labels"]
    query_ids = [each for each, _, _ in labels if isinstance(each, int)]
    hashes = query_store.images_of(session, project_id, query_ids)
    spoke: list[list[KnownLabel]] = [[] for _ in best]
    for ref, class_id, number in labels:
        sha256 = hashes.get(ref) if isinstance(ref, int) else ref
        side = _side(kept["kind"], class_id, number, best)
        if sha256 is not None and side is not None:
            spoke[side].append(
                KnownLabel(
                    image_url=_address(sha256),
                    class_id=class_id,
                    name=names.get(class_id, ""),
                    number=abs(number),
                )
            )
    return [
        Side(class_id=each.class_id, name=each.name, labels=found)
        for each, found in zip(best, spoke, strict=True)
    ]


def _side(kind: str, class_id: int, number: float, best: Sequence[Chance]) -> int | None:
    """Say for which of the best classes a label spoke: a pull by its sign, else its own class."""
    if kind == "pull":
        return 0 if number > 0 else len(best) - 1
    return next((at for at, each in enumerate(best) if each.class_id == class_id), None)


def _address(sha256: str) -> str:
    return f"/images/{sha256}.png"
