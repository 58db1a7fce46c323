"""Slots that are asked in another way than one image at a time: walks and pairs.

Knows strategies and plain values; knows no table and nothing of how a page shows them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from app.rounds.briefs import Brief
from app.rounds.posed import Posed
from app.words import Source, Way
from models.interfaces import Situation
from models.rounds.seeds import seed_of
from models.rounds.slots import part_of
from models.strategies import comparisons, strips
from models.strategies.comparisons import Comparison
from models.strategies.strips import Strip


def pose(brief: Brief, situation: Situation, planned: Mapping[Source, int]) -> list[Posed]:
    """Ask some of the synthesized slots as walks and some of the pool's as pairs, as the settings
    say; fewer where too little is known yet.
    """
    if situation.learner is None:
        return []
    posed: list[Posed] = []
    settings, number = brief.settings, brief.number
    walks = part_of(settings.walk_share, planned.get(Source.SYNTHESIZED, 0), round_number=number)
    if walks and situation.generator is not None:
        seed = seed_of(settings.seed, "walk", number)
        posed += [_walk(brief, each, seed) for each in strips.pose(situation, walks, seed=seed)]
    pairs = part_of(settings.pair_share, planned.get(Source.POOL, 0), round_number=number)
    if pairs:
        seed = seed_of(settings.seed, "pair", number)
        found = comparisons.pose(situation, pairs, seed=seed)
        posed += [_pair(brief, each, seed) for each in found]
    return posed


def without(planned: Mapping[Source, int], posed: list[Posed]) -> Iterator[tuple[Source, int]]:
    """Say how many of the planned slots are left to each source."""
    for source, count in planned.items():
        yield source, count - sum(each.source is source for each in posed)


def _walk(brief: Brief, strip: Strip, seed: int) -> Posed:
    at, walk = strip.crossing, strip.walk
    best = np.sort(walk.decisions[at])[-2:]
    one, other = (brief.class_ids[side] for side in strip.sides)
    return Posed(
        source=Source.SYNTHESIZED,
        row=None,
        image=walk.images[at : at + 1],
        utility=None,
        margin=float(best[1] - best[0]) / 2,
        provenance={
            **_provenance(brief, "walk", seed),
            "latents": walk.latents.tolist(),
            "crossing": at,
        },
        way=Way.WALK,
        about={"from": one, "to": other},
        strip=walk.images,
    )


def _pair(brief: Brief, compared: Comparison, seed: int) -> Posed:
    asked, against = brief.class_ids[compared.asked], brief.class_ids[compared.against]
    return Posed(
        source=Source.POOL,
        row=compared.rows[0],
        image=None,
        utility=None,
        margin=compared.margin,
        provenance=_provenance(brief, "pair", seed),
        way=Way.PAIR,
        about={"class": asked, "against": against},
        rows=compared.rows,
    )


def _provenance(brief: Brief, strategy: str, seed: int) -> dict[str, Any]:
    return {
        "strategy": {"name": strategy, "options": {}},
        "seed": seed,
        "settings_version": brief.settings_version,
    }
