"""Greedy k-center beside the naive way: all distances, again for every choice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.interfaces import Vectors
from models.strategies import k_center
from models.strategies.k_center import greedy_centers
from models.strategies.pool_rows import Drawn
from tests.models.small_worlds import situation, strategy

#: Small whole numbers: what is furthest can be told exactly, and several may be.
WHOLE = st.integers(-4, 4).map(np.float32)


def _naive(vectors: Vectors, asked: Vectors, count: int) -> list[int]:
    centers, chosen = [np.array(each, float) for each in asked], []
    for _ in range(min(count, len(vectors))):
        if centers:
            apart = [min(np.sum((each - c) ** 2) for c in centers) for each in vectors]
            left = [i for i in range(len(vectors)) if i not in chosen]
            place = max(left, key=lambda i: (apart[i], -i))
        else:
            middle = vectors.mean(axis=0)
            place = int(np.argmin([np.sum((each - middle) ** 2) for each in vectors]))
        chosen.append(place)
        centers.append(np.array(vectors[place], float))
    return chosen


@given(
    arrays(np.float32, (30, 2), elements=WHOLE),
    arrays(np.float32, st.tuples(st.integers(1, 6), st.just(2)), elements=WHOLE),
    st.integers(0, 33),
)
def test_each_choice_is_the_furthest_from_all_before(
    vectors: Vectors, asked: Vectors, count: int
) -> None:
    drawn = Drawn(np.arange(30), vectors, np.arange(30))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(k_center, "FIRST", 2)
        patch.setattr(k_center, "FEW", 2)
        patch.setattr(k_center, "BLOCK", 2)
        chosen, apart = greedy_centers(drawn, asked, count)
    assert len(set(chosen.tolist())) == len(chosen) == min(count, len(vectors))
    for place, told in enumerate(apart):
        before = np.concatenate([asked, vectors[chosen[:place]]]).astype(float)
        squares = ((vectors[:, None].astype(float) - before) ** 2).sum(axis=2).min(axis=1)
        squares[chosen[:place]] = -1
        assert squares[chosen[place]] == squares.max()
        assert told == pytest.approx(squares.max() ** 0.5, abs=1e-2)


@pytest.mark.parametrize("classes", [2, 10])
def test_it_poses_what_the_naive_way_poses(classes: int) -> None:
    where = situation(classes=classes)
    vectors = where.pool_vectors[where.candidates].astype(float)
    naive = _naive(vectors, where.asked_vectors.astype(float), 8)
    batch = strategy("k_center").pose(where, 8, seed=0)
    assert batch.rows.tolist() == where.candidates[naive].tolist()


def test_a_cold_start_begins_in_the_middle() -> None:
    where = situation()
    where = replace(where, asked_vectors=where.asked_vectors[:0], learner=None)
    rows = strategy("k_center").pose(where, 5, seed=0).rows
    vectors = where.pool_vectors[where.candidates].astype(float)
    middle = where.pool_vectors.mean(axis=0)
    first = int(np.argmin(((vectors - middle) ** 2).sum(axis=1)))
    assert rows[0] == where.candidates[first]
    assert rows[1] == where.candidates[_naive(vectors, vectors[[first]], 1)[0]]


def test_of_a_large_pool_a_sample_is_covered() -> None:
    where = situation()
    first, second = (strategy("k_center", sample=20).pose(where, 5, seed=s) for s in (0, 1))
    assert len(first) == len(second) == 5
    assert first.rows.tolist() != second.rows.tolist()
