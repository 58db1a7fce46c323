"""What several annotators' answers amount to: CROWDLAB's consensus and ActiveLab's next labels.

A thin adapter of `cleanlab.multiannotator` (Goh et al. 2022, arXiv 2210.06812; Goh and Mueller
2023, arXiv 2301.11856) on plain arrays. Both weigh annotators against each other and against a
classifier that has not seen the image's own answers: here the answers to its nearest neighbors.

Knows nothing of storage, queries or people's names.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from cleanlab.multiannotator import get_active_learning_scores, get_label_quality_multiannotator
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

from models.agreement import Table

#: Neighbors whose answers tell what an image may show.
NEIGHBORS = 10


@dataclass(frozen=True, eq=False)
class Consensus:
    """What CROWDLAB makes of a table (n units, m people).

    `answers` (n,) are those of the consensus, `confidence` (n,) its chance of being right, `worth`
    (n,) how much another label would help, larger is more; `quality` (m,) of each person.
    """

    answers: NDArray[np.int64]
    confidence: NDArray[np.float64]
    worth: NDArray[np.float64]
    quality: NDArray[np.float64]


def consensus(table: Table, vectors: NDArray[np.float32]) -> Consensus | None:
    """Weigh the answers of a table (n, m) with the images' vectors (n, d).

    Every unit and every person needs an answer. None where nothing can be weighed: no unit has
    two answers, or all answers are the same.
    """
    given = ~np.isnan(table)
    known = np.unique(table[given])
    if len(known) < 2 or not (given.sum(axis=1) > 1).any():
        return None
    coded = np.full(table.shape, np.nan)
    coded[given] = np.searchsorted(known, table[given])
    chances = neighbor_chances(coded, vectors, answers=len(known))
    found = get_label_quality_multiannotator(
        coded, chances, return_detailed_quality=False, verbose=False
    )
    worth, _ = get_active_learning_scores(coded, chances)
    units = found["label_quality"]
    return Consensus(
        answers=known[units["consensus_label"].to_numpy(dtype=int)].astype(np.int64),
        confidence=units["consensus_quality_score"].to_numpy(dtype=float),
        worth=-np.asarray(worth, dtype=float),
        quality=found["annotator_stats"]["annotator_quality"].sort_index().to_numpy(dtype=float),
    )


def neighbor_chances(
    table: Table, vectors: NDArray[np.float32], *, answers: int
) -> NDArray[np.float64]:
    """Return how likely each answer is by an image's neighbors alone, (n, answers).

    An image's own answers never count, as CROWDLAB asks; answers 0..answers-1, rows add up to 1.
    """
    votes = np.stack([(table == each).sum(axis=1) for each in range(answers)], axis=1)
    votes = votes / np.maximum(votes.sum(axis=1, keepdims=True), 1)
    count = min(NEIGHBORS, len(vectors) - 1)
    near = NearestNeighbors(n_neighbors=count).fit(vectors).kneighbors(return_distance=False)
    # One vote is shared out among all answers, so that no answer is ever impossible.
    chances: NDArray[np.float64] = (votes[near].sum(axis=1) + 1 / answers) / (count + 1)
    return chances
