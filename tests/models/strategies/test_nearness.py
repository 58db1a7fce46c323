"""Near-duplicates beside the slow and obvious comparison with every image."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import neighbors
from models.strategies import nearness
from models.strategies.nearness import far_from_asked, far_from_pool
from tests.models.small_worlds import situation


@settings(max_examples=40)
@given(st.integers(0, 9), st.integers(0, 30), st.integers(1, 8), st.integers(0, 10_000))
def test_the_nearest_is_found_chunk_by_chunk(n: int, others: int, chunk: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    left, right = (rng.standard_normal((rows, 3)).astype(np.float32) for rows in (n, others))
    apart = np.linalg.norm(left[:, None] - right[None], axis=2)
    obvious = apart.min(axis=1, initial=np.inf)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(neighbors, "CHUNK", chunk)
        assert np.allclose(neighbors.nearest(left, right), obvious, atol=1e-3)


def test_what_is_near_to_the_pool_or_to_anything_asked_is_told() -> None:
    here = situation()
    vectors = np.concatenate([here.pool_vectors[100:103] + 0.001, here.pool_vectors[:2] + 9])
    none = np.empty(0, np.int64)
    assert far_from_pool(vectors, here, least=0.5, among=none).tolist() == [False] * 3 + [True] * 2
    assert far_from_asked(vectors, here, least=0.01).tolist() == [True] * 5
    asked = replace(here, asked_vectors=here.pool_vectors)
    assert far_from_asked(vectors, asked, least=0.01).tolist() == [False] * 3 + [True] * 2


def test_a_large_pool_is_stood_for_by_some_rows_and_those_that_searches_came_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = situation()
    monkeypatch.setattr(nearness, "COMPARED", 2)
    copy = here.pool_vectors[50:51]
    assert far_from_pool(copy, here, least=0.02, among=np.empty(0, np.int64)).all()
    assert not far_from_pool(copy, here, least=0.02, among=np.array([7, 50, 50])).any()


def test_without_a_least_distance_nothing_is_compared() -> None:
    here = situation()
    empty = replace(here, pool_vectors=here.pool_vectors[:0])
    none = np.empty(0, np.int64)
    assert far_from_pool(here.pool_vectors, here, least=0, among=none).all()
    assert far_from_pool(here.pool_vectors, empty, least=1, among=none).all()
