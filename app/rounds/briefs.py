"""The short read before a round: everything that fitting and posing rest on, as plain values.

Knows the tables through `store`; once it returns, no transaction is open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from app.errors import NotFound
from app.projects.settings import ProjectSettings
from app.rounds import asking_store, instead, marks, materials, store
from app.rounds.instead import Instead, once
from app.rounds.marks import Compared, Frame
from app.rounds.materials import Saved, Shelf
from app.rounds.reconcile import gather, what_posing_rests_on
from app.rounds.schedule import queries_wanted
from app.trust import checks, checks_store, counting, counting_store
from app.trust import store as trust_store
from app.words import Outcome, QueryState, Source
from models.interfaces import ImageShape


@dataclass(frozen=True)
class Asked:
    """One query as the machine sees it: its image, and what people settled on.

    A walk that people marked comes again with each frame that has a class, and an imagined image
    with the real one that people labeled in its place.
    """

    query_id: int
    source: Source
    state: QueryState
    outcome: Outcome | None
    #: Index among the project's classes; None without a class, or with an archived one.
    class_index: int | None
    margin: float | None
    #: Of a pool image: import and row in its array.
    place: tuple[int, int] | None
    sha256: str
    latent: Sequence[float] | None
    #: How much its outcome counts where the learner is taught: less, where who said so is doubted.
    weight: float = 1.0
    #: Whether it is posed to be easy: it does not wait behind what is hard.
    easy: bool = False
    #: Whether the image is the query's own, not a frame or a real image in its place.
    own: bool = True


@dataclass(frozen=True)
class Holdout:
    """Labeled images that measure: places in a shelf, and the index of each one's class."""

    shelf: Shelf
    places: tuple[tuple[int, int], ...]
    classes: tuple[int, ...]


@dataclass(frozen=True)
class Brief:
    """All that a round rests on."""

    project_id: int
    number: int
    settings: ProjectSettings
    settings_version: int
    shape: ImageShape
    class_ids: tuple[int, ...]
    pool: Shelf
    asked: tuple[Asked, ...]
    answers: int
    wanted: int
    features: Saved | None
    generator: Saved | None
    #: Read only where the mix is steered by what it measures.
    holdout: Holdout | None
    #: What must change before a round that poses nothing is worth repeating.
    rests_on: list[int]
    #: Pairs of images that people compared.
    compared: tuple[Compared, ...] = ()
    #: Share of the queries that are to be easy to name, so that they can check others.
    easy_share: float = 0.0

    @property
    def synthesized_refused(self) -> list[bool]:
        """Of each synthesized query that people answered, oldest first: whether they refused it."""
        return [
            each.outcome is Outcome.UNRECOGNIZABLE
            for each in self.asked
            if each.source is Source.SYNTHESIZED
            and each.own
            and each.outcome in (Outcome.CLASS, Outcome.WALK, Outcome.UNRECOGNIZABLE)
        ]

    @property
    def refused(self) -> int:
        """How many queries settled on unrecognizable."""
        return sum(each.outcome is Outcome.UNRECOGNIZABLE for each in self.asked)


def read(session: Session, project_id: int, number: int) -> Brief:
    """Gather what round `number` rests on."""
    project = store.require_project(session, project_id)
    facts = gather(session, project_id)
    if facts is None or project.channels is None or not project.height or not project.width:
        raise NotFound("The project has no images yet; import some.")
    class_ids = tuple(store.class_ids(session, project_id))
    features = store.newest_checkpoint(session, project_id, "features")
    generator = store.newest_checkpoint(session, project_id, "generator")
    budget = store.budget(session, project_id)
    settings = ProjectSettings(**project.settings)
    counts = _counts(session, project_id)
    asked = [_asked(row, class_ids, counts) for row in asking_store.asked(session, project_id)]
    asked += [_frame(each, class_ids, counts) for each in marks.frames(session, project_id)]
    return Brief(
        project_id=project_id,
        number=number,
        settings=settings,
        settings_version=project.settings_version,
        shape=ImageShape(project.channels, project.height, project.width),
        class_ids=class_ids,
        pool=materials.pool_shelf(session, project_id),
        asked=with_twins(asked, instead.read(session, project_id), class_ids),
        answers=budget.answers_spent if budget else 0,
        wanted=queries_wanted(facts),
        features=Saved.of(features) if features else None,
        generator=Saved.of(generator) if generator else None,
        holdout=_holdout(session, project_id, class_ids) if settings.steer_mix else None,
        rests_on=what_posing_rests_on(project, facts.pool_count, generator),
        compared=tuple(marks.compared(session, project_id, class_ids, counts)),
        easy_share=_easy_share(session, project_id, settings),
    )


def _easy_share(session: Session, project_id: int, settings: ProjectSettings) -> float:
    if not settings.gold_rate or checks_store.has_gold(session, project_id):
        return 0.0
    people = len(trust_store.people(session, project_id))
    return checks.easy_share(settings.gold_rate, people=people, overlap=settings.overlap)


def _counts(session: Session, project_id: int) -> dict[int, float]:
    """Return how much outcomes count that several people, or somebody doubted, answered."""
    doubted = counting_store.doubted(session, project_id)
    return counting.by_query(counting_store.votes(session, project_id, doubted), doubted)


def _holdout(session: Session, project_id: int, class_ids: tuple[int, ...]) -> Holdout:
    truth = [row for row in store.holdout_classes(session, project_id) if row.class_id in class_ids]
    return Holdout(
        shelf=materials.holdout_shelf(session, project_id),
        places=tuple((row.import_id or 0, row.row or 0) for row in truth),
        classes=tuple(class_ids.index(row.class_id) for row in truth),
    )


def _asked(row: Any, class_ids: tuple[int, ...], counts: Mapping[int, float]) -> Asked:
    known = row.outcome is Outcome.CLASS and row.outcome_class_id in class_ids
    return Asked(
        query_id=row.id,
        source=row.source,
        state=row.state,
        outcome=row.outcome,
        class_index=class_ids.index(row.outcome_class_id) if known else None,
        margin=row.margin,
        place=None if row.import_id is None else (row.import_id, row.row),
        sha256=row.sha256,
        latent=row.provenance.get("latent"),
        weight=counts.get(row.id, 1.0),
        easy=row.provenance.get("strategy", {}).get("name") == checks.EASY,
    )


def _frame(frame: Frame, class_ids: tuple[int, ...], counts: Mapping[int, float]) -> Asked:
    known = frame.class_id in class_ids
    return Asked(
        query_id=frame.query_id,
        source=frame.source,
        state=QueryState.SETTLED,
        outcome=Outcome.WALK,
        class_index=class_ids.index(frame.class_id) if known else None,
        margin=None,
        place=None,
        sha256=frame.sha256,
        latent=None,
        weight=counts.get(frame.query_id, 1.0),
        own=False,
    )


def with_twins(
    asked: Sequence[Asked], found: Sequence[Instead], class_ids: Sequence[int]
) -> tuple[Asked, ...]:
    """Let the classes of imagined images belong to the real ones that people labeled instead.

    Nobody said anything about the imagined image then: it has no outcome, and is not asked again.
    """
    known = {each.place for each in asked if each.place and each.class_index is not None}
    queries = {each.query_id: each for each in asked if each.own}
    twinned = {each.query_id for each in found}
    return (
        *(
            replace(each, outcome=None, class_index=None, latent=None)
            if each.query_id in twinned and each.own
            else each
            for each in asked
        ),
        *(
            replace(
                queries[each.query_id],
                class_index=class_ids.index(each.class_id) if each.class_id in class_ids else None,
                margin=None,
                place=each.place,
                sha256=each.sha256,
                latent=None,
                own=False,
            )
            for each in once(found, known)
            if each.query_id in queries
        ),
    )
