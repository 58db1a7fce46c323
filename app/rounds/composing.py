"""Compose a batch: each source poses its slots, and no image is posed twice.

Knows strategies and plain values; knows no table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np

from app.projects.settings import Part, ProjectSettings
from app.rounds import easy, materials, ways
from app.rounds.briefs import Brief
from app.rounds.fitting import Fitted
from app.rounds.mix import Slots, slots
from app.rounds.posed import Posed
from app.words import Source
from models import catalog
from models.interfaces import Indices, Situation, Strategy
from models.parts.declaring import Kind
from models.rounds import batches
from models.rounds.batches import Filled, Order
from models.rounds.seeds import seed_of
from models.rounds.worth import Steered

#: Strategies of the pool that look for what a generator imagines.
_NEED_GENERATOR = frozenset({"match_nearest"})


@dataclass(frozen=True)
class Batch:
    """A round's queries, and how they came about."""

    posed: list[Posed]
    slots: Slots
    strategies: dict[Source, str]
    facts: dict[Source, dict[str, Any]]


def compose(brief: Brief, fitted: Fitted, steered: Steered | None = None) -> Batch:
    """Fill the round's slots; what one source cannot fill, the pool is asked for."""
    situation = _situation(brief, fitted)
    settings, stands_in = possible(brief.settings, has_generator=situation.generator is not None)
    brief = replace(brief, settings=settings)
    plan = slots(
        brief.settings,
        brief.wanted,
        round_number=brief.number,
        has_learner=fitted.learner is not None,
        has_generator=situation.generator is not None,
        steered=steered,
        refused=brief.synthesized_refused,
    )
    if Source.POOL in plan.planned and stands_in:
        plan = replace(plan, why=f"{plan.why} {stands_in}".strip())
    apart = ways.pose(brief, situation, plan.planned)
    apart += easy.pose(brief, situation, dict(ways.without(plan.planned, apart)))
    left = ways.without(plan.planned, apart)
    orders = [_order(brief, source, count) for source, count in left]
    instead = Source.POOL if fitted.learner is not None else Source.COLD_START
    filled = batches.compose(
        replace(situation, candidates=_not_compared(situation, apart)),
        orders,
        fallback=_order(brief, instead, brief.wanted),
    )
    sources = [Source(each.order.source) for each in filled]
    return Batch(
        posed=[*apart, *(posed for each in filled for posed in _each(each, brief))],
        slots=plan,
        strategies={source: _part(brief, source).name for source in sources},
        facts={
            source: dict(each.batch.facts) for source, each in zip(sources, filled, strict=True)
        },
    )


def possible(settings: ProjectSettings, *, has_generator: bool) -> tuple[ProjectSettings, str]:
    """Let the usual strategy stand in for one that cannot pose yet, and say why."""
    wanted = settings.pool.name
    if has_generator or wanted not in _NEED_GENERATOR:
        return settings, ""
    usual = ProjectSettings().pool
    why = f"{wanted} needs a generator, and there is none yet, so {usual.name} stands in."
    return settings.model_copy(update={"pool": usual}), why


def _not_compared(situation: Situation, posed: list[Posed]) -> Indices:
    """Leave out the candidates that are asked about in pairs."""
    rows = [row for each in posed for row in each.rows or ()]
    return np.setdiff1d(situation.candidates, rows)


def _situation(brief: Brief, fitted: Fitted) -> Situation:
    pool = materials.images(brief.pool)
    places = [each.place for each in brief.asked if each.place is not None]
    free = np.ones(len(pool), dtype=bool)
    free[brief.pool.rows(places)] = False
    saved = brief.generator
    return Situation(
        pool_images=pool,
        pool_vectors=fitted.pool_vectors,
        candidates=np.flatnonzero(free),
        labeled_vectors=fitted.asked_vectors[fitted.labeled],
        labeled_classes=np.array(
            [brief.asked[i].class_index for i in fitted.labeled], dtype=np.int64
        ),
        asked_vectors=fitted.asked_vectors,
        features=fitted.features,
        learner=fitted.learner,
        # On the CPU, where every query can be replayed bit for bit.
        generator=materials.generator(saved) if saved else None,
        recognizer=fitted.recognizer,
    )


def _order(brief: Brief, source: Source, count: int) -> Order:
    part = _part(brief, source)
    options = catalog.read_options(Kind.STRATEGY, part.name, part.options)
    strategy = cast(Strategy, catalog.module(Kind.STRATEGY, part.name).build(options))
    return Order(source, strategy, count, seed_of(brief.settings.seed, source, brief.number))


def _part(brief: Brief, source: Source) -> Part:
    settings = brief.settings
    return {
        Source.COLD_START: settings.cold_start_strategy,
        Source.SYNTHESIZED: settings.synthesis,
        Source.POOL: settings.pool,
        Source.EXPLORE: Part(name="random"),
    }[source]


def _each(filled: Filled, brief: Brief) -> Iterator[Posed]:
    posed, source = filled.batch, Source(filled.order.source)
    for index in range(len(posed)):
        row = int(posed.rows[index])
        provenance: dict[str, Any] = {
            "strategy": _part(brief, source).model_dump(),
            "seed": filled.order.seed,
            "settings_version": brief.settings_version,
        }
        if row < 0 and posed.latents is not None:
            provenance["latent"] = [float(number) for number in posed.latents[index]]
        yield Posed(
            source=source,
            row=None if row < 0 else row,
            image=posed.images[index : index + 1] if row < 0 else None,
            utility=_number(posed.utilities[index]),
            margin=_number(posed.margins[index]),
            provenance=provenance,
        )


def _number(value: np.float32) -> float | None:
    """Drop what a database or JSON could not hold."""
    return float(value) if np.isfinite(value) else None
