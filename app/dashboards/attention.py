"""What a lead should look at besides the learner: what people disagree on, and who answers badly.

Pure: counts and names in, sentences out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: More names than these are only counted.
_NAMED = 2


@dataclass(frozen=True)
class Notice:
    """One thing to look at, and where."""

    sentence: str
    action: str
    #: Below `/projects/{id}`.
    place: str


def notices(*, disputed: int, doubted: Sequence[str], hasty: Sequence[str]) -> list[Notice]:
    """List what waits for a lead: disputes, people whose answers look unreliable, and people who
    answer faster than anybody could look.
    """
    found = []
    if disputed:
        queries = "one query" if disputed == 1 else f"{disputed:,} queries"
        left_out = "it" if disputed == 1 else "them"
        found.append(
            Notice(
                f"People disagree about {queries}; the learner leaves {left_out} out until you"
                " decide.",
                "Decide",
                "/disputes",
            )
        )
    if doubted:
        found.append(_about(f"{_of(doubted)} look unreliable and count less."))
    if hasty:
        found.append(_about(f"{_of(hasty)} come faster than anybody could look."))
    return found


def _about(sentence: str) -> Notice:
    return Notice(sentence, "See people", "?tab=people#tabs")


def _of(names: Sequence[str]) -> str:
    """Say whose answers, by name where they are few."""
    if len(names) > _NAMED:
        return f"The answers of {len(names)} people"
    return f"The answers of {' and '.join(names)}"
