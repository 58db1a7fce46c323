"""Compose a batch: each source poses its slots, and no image is posed twice.

Knows strategies and plain values; knows no table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np

from app.projects.settings import Part
from app.rounds import materials
from app.rounds.briefs import Brief
from app.rounds.fitting import Fitted
from app.rounds.mix import Slots, slots
from app.rounds.seeds import seed_of
from app.words import Source
from models import catalog
from models.interfaces import Images, Indices, QueryBatch, Situation, Strategy
from models.parts.declaring import Kind


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


@dataclass(frozen=True)
class Batch:
    """A round's queries, and how they came about."""

    posed: list[Posed]
    slots: Slots
    strategies: dict[Source, str]
    facts: dict[Source, dict[str, Any]]


def compose(brief: Brief, fitted: Fitted) -> Batch:
    """Fill the round's slots; what one source cannot fill, the pool is asked for."""
    situation = _situation(brief, fitted)
    plan = slots(
        brief.settings.mix,
        brief.wanted,
        round_number=brief.number,
        has_learner=fitted.learner is not None,
        has_generator=situation.generator is not None,
    )
    batch = Batch([], plan, {}, {})
    missing = 0
    for source, count in plan.planned.items():
        missing += count - _fill(batch, brief, situation, source, count)
        situation = _without(situation, batch)
    fallback = Source.POOL if fitted.learner is not None else Source.COLD_START
    if missing and len(situation.candidates):
        _fill(batch, brief, situation, fallback, missing)
    return batch


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


def _without(situation: Situation, batch: Batch) -> Situation:
    """Take the images posed so far out of the candidates."""
    rows = [each.row for each in batch.posed if each.row is not None]
    left: Indices = np.setdiff1d(situation.candidates, np.array(rows, dtype=np.int64))
    return replace(situation, candidates=left)


def _fill(batch: Batch, brief: Brief, situation: Situation, source: Source, count: int) -> int:
    """Let one source pose; returns how many queries it found."""
    part = _strategy_of(brief, source)
    strategy = _build(part)
    seed = seed_of(brief.settings.seed, source, brief.number)
    posed = strategy.pose(situation, count, seed=seed)
    batch.strategies[source] = part.name
    batch.facts[source] = dict(posed.facts)
    batch.posed.extend(_each(posed, source, part, seed=seed, brief=brief))
    return len(posed)


def _strategy_of(brief: Brief, source: Source) -> Part:
    settings = brief.settings
    return {
        Source.COLD_START: settings.cold_start_strategy,
        Source.SYNTHESIZED: settings.synthesis,
        Source.POOL: settings.pool,
        Source.EXPLORE: Part(name="random"),
    }[source]


def _build(part: Part) -> Strategy:
    options = catalog.read_options(Kind.STRATEGY, part.name, part.options)
    return cast(Strategy, catalog.module(Kind.STRATEGY, part.name).build(options))


def _each(
    posed: QueryBatch, source: Source, part: Part, *, seed: int, brief: Brief
) -> Iterator[Posed]:
    for index in range(len(posed)):
        row = int(posed.rows[index])
        provenance: dict[str, Any] = {
            "strategy": part.model_dump(),
            "seed": seed,
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
