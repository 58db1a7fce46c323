"""How a batch's slots are shared out between sources, and why that may differ from the settings.

A pure rule. Knows nothing of strategies or images.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.projects.settings import Mix, ProjectSettings
from app.words import Source
from models.rounds.slots import is_random_round, share_out
from models.rounds.worth import Steered


@dataclass(frozen=True)
class Slots:
    """How many queries each source is to pose, and why it is not what the settings say."""

    planned: Mapping[Source, int]
    why: str = ""


def slots(
    settings: ProjectSettings,
    count: int,
    *,
    round_number: int,
    has_learner: bool,
    has_generator: bool,
    steered: Steered | None = None,
) -> Slots:
    """Share `count` slots out by the mix; sources that cannot pose yet leave theirs to others."""
    if not has_learner:
        return Slots({Source.COLD_START: count}, "No two classes are labeled yet.")
    if is_random_round(round_number, settings.random_round_every):
        why = f"Each {settings.random_round_every} rounds, one is of random images alone."
        return Slots({Source.EXPLORE: count}, why)
    mix = settings.mix
    if steered is not None and steered.why:
        mix = Mix(**{source: steered.shares.get(source, 0.0) for source in Mix.model_fields})
    shares = {
        Source.SYNTHESIZED: mix.synthesized,
        Source.POOL: mix.pool,
        Source.EXPLORE: mix.explore,
    }
    why = steered.why if steered is not None else ""
    if mix.synthesized > 0 and not has_generator:
        shares[Source.POOL] += shares.pop(Source.SYNTHESIZED)
        why = "There is no generator yet, so the pool takes its slots."
    return Slots(share_out(shares, count, round_number=round_number), why)
