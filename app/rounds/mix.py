"""How a batch's slots are shared out between sources, and why that may differ from the settings.

A pure rule. Knows nothing of strategies or images.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.projects.settings import ProjectSettings
from app.words import Source
from models.rounds.refusals import give_way
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
    refused: Sequence[bool] = (),
) -> Slots:
    """Share `count` slots out by the mix; sources that cannot pose yet leave theirs to others.

    `refused` tells of each synthesized query that was answered, oldest first, whether people
    refused it.
    """
    if not has_learner:
        return Slots({Source.COLD_START: count}, "No two classes are labeled yet.")
    if is_random_round(round_number, settings.random_round_every):
        why = f"Each {settings.random_round_every} rounds, one is of random images alone."
        return Slots({Source.EXPLORE: count}, why)
    usual = settings.mix.model_dump()
    if usual["synthesized"] > 0 and not has_generator:
        shares = {"pool": usual["pool"] + usual["synthesized"], "explore": usual["explore"]}
        why = "There is no generator yet, so the pool takes its slots."
    else:
        before = steered.shares if steered is not None and steered.why else usual
        given = give_way(before, refused, limit=settings.refusal_limit)
        shares = dict(given.shares)
        why = " ".join(each for each in (steered.why if steered else "", given.why) if each)
    by_source = {Source(source): share for source, share in shares.items() if share > 0}
    return Slots(share_out(by_source, count, round_number=round_number), why)
