"""Slots for images far from the boundary, which check annotators once people have named them.

Only where gold is wanted and none was imported. Knows strategies and plain values; knows no table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from app.rounds.briefs import Brief
from app.rounds.posed import Posed
from app.trust import checks
from app.words import Source
from models import catalog
from models.interfaces import Situation, Strategy
from models.parts.declaring import Kind
from models.rounds.seeds import seed_of
from models.rounds.slots import share_out


def pose(brief: Brief, situation: Situation, planned: Mapping[Source, int]) -> list[Posed]:
    """Pose as many as the settings' rate of gold asks for, in slots of synthesized queries."""
    if situation.learner is None or situation.generator is None or not brief.easy_share:
        return []
    shares = {"easy": brief.easy_share, "usual": 1 - brief.easy_share}
    wanted = share_out(shares, brief.wanted, round_number=brief.number).get("easy", 0)
    count = min(wanted, planned.get(Source.SYNTHESIZED, 0))
    if count < 1:
        return []
    options = catalog.read_options(Kind.STRATEGY, checks.EASY, {})
    strategy = cast(Strategy, catalog.module(Kind.STRATEGY, checks.EASY).build(options))
    seed = seed_of(brief.settings.seed, checks.EASY, brief.number)
    found = strategy.pose(situation, count, seed=seed)
    return [
        Posed(
            source=Source.SYNTHESIZED,
            row=None,
            image=found.images[at : at + 1],
            utility=float(found.utilities[at]),
            margin=float(found.margins[at]),
            provenance=_provenance(brief, seed, found.latents[at].tolist()),
            first=True,
        )
        for at in range(len(found))
        if found.latents is not None
    ]


def _provenance(brief: Brief, seed: int, latent: list[float]) -> dict[str, Any]:
    return {
        "strategy": {"name": checks.EASY, "options": {}},
        "seed": seed,
        "settings_version": brief.settings_version,
        "latent": latent,
    }
