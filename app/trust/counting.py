"""How much an outcome counts where the learner is taught. Pure: votes and weights in, a share out.

An annotator who was found unreliable teaches less with every answer, also where nobody else was
asked the same.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

#: What nobody stands behind still counts a little: somebody, or CROWDLAB, decided so.
LEAST = 0.05


def counts(votes: Mapping[int, bool], weights: Mapping[int, float]) -> float:
    """Return how much an outcome counts, at most 1: what stands behind it times its share of all
    that was said.

    `votes` tell of each person whether the outcome is what they said; `weights` what their answers
    count, 1 where nothing is known.
    """
    sides = {True: 0.0, False: 0.0}
    for user_id, agreed in votes.items():
        sides[agreed] += weights.get(user_id, 1.0)
    behind, against = sides[True], sides[False]
    if behind == 0:
        return LEAST
    return max(LEAST, round(min(1.0, behind) * behind / (behind + against), 4))


def by_query(
    votes: Collection[tuple[int, int, bool]], weights: Mapping[int, float]
) -> dict[int, float]:
    """Return how much the outcome of each query counts; `votes` are (query, person, agreed)."""
    found: dict[int, dict[int, bool]] = {}
    for query_id, user_id, agreed in votes:
        found.setdefault(query_id, {})[user_id] = agreed
    return {query_id: counts(each, weights) for query_id, each in found.items()}
