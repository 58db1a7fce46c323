"""What a lead should know about an annotator, in words. Pure: figures in, sentences out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from app.trust.evidence import Evidence

#: Nobody sees an image, decides and presses a key faster. A guess from reaction times.
FASTEST_MS = 300
#: Nor does anybody take less than this share of the time that others take for such images.
FASTEST_SHARE = 0.25
#: Fewer answers say nothing about somebody's pace.
FEWEST_TIMED = 20
#: Suspicious is whoever answers this share of queries that fast.
SUSPICIOUS = 0.2


@dataclass(frozen=True)
class Pace:
    """How fast somebody answered: how many answers were too fast to have looked."""

    fast: int = 0
    timed: int = 0

    @property
    def suspicious(self) -> bool:
        """Whether so many were too fast that a lead should ask."""
        return self.timed >= FEWEST_TIMED and self.fast >= SUSPICIOUS * self.timed


def pace(own_ms: Sequence[int], others_ms: Sequence[float]) -> Pace:
    """Judge somebody's times beside the medians of others."""
    usual = FASTEST_SHARE * median(others_ms) if others_ms else 0
    limit = max(FASTEST_MS, usual)
    return Pace(fast=sum(each < limit for each in own_ms), timed=len(own_ms))


def sentences(
    evidence: Evidence, *, weight: float, unreliable: bool, others_wrong: float, pace: Pace
) -> list[str]:
    """Say what speaks against somebody, and what is done about it; nothing if nothing does."""
    told = []
    if unreliable:
        told.append(
            f"{evidence.wrong} of {evidence.checked} checked answers were wrong; of everybody"
            f" else's, about {others_wrong:.0%}. Where people disagree, each of theirs"
            f" counts {weight:.1f} of a vote."
        )
    if pace.suspicious:
        told.append(
            f"{pace.fast} of the last {pace.timed} answers came faster than anybody could look."
        )
    return told
