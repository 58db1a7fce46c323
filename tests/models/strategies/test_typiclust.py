"""TypiClust beside its algorithm, one query after another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.interfaces import Indices, Vectors
from models.neighbors import distances
from models.strategies.typiclust import SMALLEST, in_turn, typicalities
from tests.models.small_worlds import situation, strategy


def _one_by_one(members: Indices, taken: Indices, typical: Vectors) -> list[int]:
    """Pick the most typical of the cluster least asked of, the largest one of those, in turn."""
    asked = {c: int((taken == c).sum()) for c in {*members.tolist(), *taken.tolist()}}
    size = {c: int((members == c).sum()) + asked[c] for c in asked}
    left, order = list(range(len(members))), []
    while left:
        cluster = min(
            {int(members[i]) for i in left},
            key=lambda c: (size[c] < SMALLEST, asked[c], -size[c], c),
        )
        place = max((i for i in left if members[i] == cluster), key=lambda i: (typical[i], -i))
        order.append(place)
        left.remove(place)
        asked[cluster] += 1
    return order


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)), max_size=40), st.data())
def test_candidates_come_in_the_order_of_picking_one_by_one(
    images: list[tuple[int, int]], data: st.DataObject
) -> None:
    members = np.array([each[0] for each in images], dtype=np.int64)
    typical = np.array([each[1] for each in images], dtype=np.float32)
    taken = np.array(data.draw(st.lists(st.integers(0, 5), max_size=9)), dtype=np.int64)
    assert in_turn(members, taken, typical).tolist() == _one_by_one(members, taken, typical)


def test_typicality_is_one_over_the_mean_distance_to_neighbors_of_the_cluster() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((60, 3)).astype(np.float32)
    members = np.array([0] * 40 + [1] * 19 + [2])
    found = typicalities(vectors, members)
    for row in range(59):
        same = [i for i in range(60) if members[i] == members[row] and i != row]
        apart = np.sort(distances(vectors[row : row + 1], vectors[same])[0])[:20]
        assert found[row] == pytest.approx(1 / apart.mean(), rel=1e-3)
    assert found[59] == 0


def test_a_cold_start_poses_one_image_of_each_cluster() -> None:
    where = situation(classes=10)
    where = replace(where, asked_vectors=where.asked_vectors[:0], learner=None)
    rows = strategy("typiclust").pose(where, 10, seed=0).rows
    assert sorted(rows % 10) == list(range(10))  # The world deals the classes out in turn.


def test_clusters_that_were_asked_of_wait() -> None:
    where = situation(classes=10)
    known = np.flatnonzero(where.labeled_classes < 7)[:14]
    where = replace(where, asked_vectors=where.labeled_vectors[known])
    rows = strategy("typiclust", clusters=10).pose(where, 3, seed=0).rows
    assert sorted(rows % 10) == [7, 8, 9]


def test_equal_vectors_have_a_finite_typicality() -> None:
    found = typicalities(np.ones((8, 3), np.float32), np.zeros(8, dtype=np.int64))
    assert np.isfinite(found).all()
    assert (found > 0).all()
