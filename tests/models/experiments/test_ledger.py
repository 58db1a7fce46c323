"""The ledger of a run, as it would be without one of the sources."""

from __future__ import annotations

import numpy as np

from models.experiments.ledger import MARKED, REFUSED, Asked

SOURCES = ["cold_start", "cold_start", "pool", "synthesized", "synthesized", "explore"]


def ledger() -> Asked:
    """Two batches of three; the last synthesized query is a walk of two frames."""
    vectors = np.arange(12, dtype=np.float32).reshape(6, 2)
    images = np.arange(6, dtype=np.uint8).reshape(6, 1, 1, 1)
    return Asked(
        vectors=[vectors[:3], vectors[3:]],
        answers=[0, 1, 0, REFUSED, MARKED, 1],
        rows=[4, 7, 2, -1, -1, 9],
        images=[images[:3], images[3:]],
        sources=list(SOURCES),
        refused=[True, False],
        frames=[np.zeros((2, 1, 1, 1), dtype=np.uint8)],
        frame_vectors=[np.full((2, 2), 8, dtype=np.float32)],
        frame_classes=[np.array([0, 1])],
    )


def test_without_the_pool_everything_else_is_left() -> None:
    left = ledger().without("pool")
    assert left.sources == [each for each in SOURCES if each != "pool"]
    assert left.answers == [0, 1, REFUSED, MARKED, 1]
    assert left.rows == [4, 7, -1, -1, 9]
    assert left.taught(2)[:, 0].tolist() == [0, 2, 10, 8, 8]
    assert left.taught_images().ravel().tolist() == [0, 1, 5, 0, 0]
    assert left.refused == [True, False]


def test_without_synthesis_no_walk_has_taught() -> None:
    left = ledger().without("synthesized")
    assert left.answers == [0, 1, 0, 1]
    assert left.classes().tolist() == [0, 1, 0, 1]
    assert (left.frames, left.refused) == ([], [])


def test_the_ledger_itself_stays_whole() -> None:
    whole = ledger()
    whole.without("pool")
    assert whole.sources == SOURCES


def test_fair_is_what_was_chosen_without_regard_to_the_learner() -> None:
    assert ledger().fair().tolist() == [True, True, False, True, False, False]
