"""Every strategy of scikit-activeml that is offered works on plain arrays, and the library's own
k-center agrees with ours.
"""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from skactiveml.pool import CoreSet

from models.interfaces import QueryBatch, Situation
from models.parts.pool_strategies import SkactivemlOptions
from models.strategies.skactiveml import METHODS, build
from tests.models.small_worlds import fit, situation, strategy

EVERY = pytest.mark.parametrize("method", METHODS)


def _pose(method: str, where: Situation, count: int, seed: int = 3) -> QueryBatch:
    return build(SkactivemlOptions(method=method)).pose(where, count, seed=seed)


def test_the_catalogue_offers_what_there_is() -> None:
    (method,) = (each for each in fields(SkactivemlOptions) if each.name == "method")
    assert method.metadata["choices"] == tuple(METHODS)


@EVERY
@pytest.mark.parametrize("classes", [2, 10])
def test_it_poses_different_candidates_and_the_same_again(method: str, classes: int) -> None:
    where = situation(classes=classes)
    first, again = (_pose(method, where, 7) for _ in range(2))
    assert len(set(first.rows.tolist())) == 7
    assert set(first.rows) <= set(where.candidates)
    assert np.array_equal(first.rows, again.rows)
    assert not np.isnan(first.utilities).any()


@EVERY
@pytest.mark.parametrize("left", [0, 1, 3])
def test_few_candidates_are_all_posed(method: str, left: int) -> None:
    where = situation()
    where = replace(where, candidates=where.candidates[:left])
    assert sorted(_pose(method, where, 5).rows) == sorted(where.candidates)


@EVERY
def test_equal_vectors_and_a_class_without_labels_do_no_harm(method: str) -> None:
    where = situation(classes=4)
    known = np.flatnonzero(where.labeled_classes != 1)
    vectors, classes = where.labeled_vectors[known], where.labeled_classes[known]
    pool = where.pool_vectors.copy()
    pool[where.candidates[::2]] = pool[where.candidates[0]]
    where = replace(
        where,
        pool_vectors=pool,
        labeled_vectors=vectors,
        labeled_classes=classes,
        learner=fit(vectors, classes, count=4),
    )
    assert len(_pose(method, where, 6)) == 6


def test_of_a_large_pool_a_sample_is_looked_at() -> None:
    where = situation()
    small = build(SkactivemlOptions(method="falcun", sample=10))
    batches = [small.pose(where, 9, seed=seed).rows for seed in range(3)]
    assert len(np.unique(np.concatenate(batches))) > 10


def test_the_library_covers_the_pool_as_we_do() -> None:
    where = situation(classes=10)
    vectors = np.concatenate([where.labeled_vectors, where.pool_vectors[where.candidates]])
    answers = np.concatenate([where.labeled_classes, np.full(len(where.candidates), np.nan)])
    theirs = CoreSet(random_state=0).query(vectors, answers, batch_size=8) - 40
    ours = strategy("k_center").pose(where, 8, seed=0).rows
    assert ours.tolist() == where.candidates[theirs].tolist()
