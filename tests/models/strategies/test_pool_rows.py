"""Numbers over many rows are the same however the rows lie, and large files are let go of."""

from __future__ import annotations

import gc
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.interfaces import Vectors
from models.strategies import pool_rows
from models.strategies.pool_batches import best_first
from models.strategies.pool_rows import chunks, draw, over_rows
from tests.models.small_worlds import situation


def _plain(vectors: Vectors) -> Vectors:
    return vectors.sum(axis=1)


@given(st.lists(st.integers(0, 59), unique=True), st.integers(1, 9))
def test_rows_in_any_order_get_their_own_results(rows: list[int], chunk: int) -> None:
    vectors = np.random.default_rng(0).standard_normal((60, 3)).astype(np.float32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool_rows, "CHUNK", chunk)
        found = over_rows(vectors, np.array(rows, dtype=np.int64), _plain)
        assert np.concatenate([vectors[:0], *chunks(vectors)]).tolist() == vectors.tolist()
    assert np.array_equal(found, _plain(vectors[np.array(rows, dtype=np.int64)]))


def test_rows_that_lie_together_are_not_copied() -> None:
    vectors, seen = np.ones((50, 2), np.float32), []

    def look(chunk: Vectors) -> Vectors:
        seen.append(np.shares_memory(chunk, vectors))
        return chunk[:, 0]

    over_rows(vectors, np.array([3, 4, 6, 7, 9]), look)
    over_rows(vectors, np.array([3, 40]), look)
    assert seen == [True, False]


def _resident() -> int:
    status = Path("/proc/self/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found[1]) * 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="tells memory on Linux alone")
def test_a_file_larger_than_memory_allows_is_read_without_staying(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = 64 * 2**20
    monkeypatch.setattr(pool_rows, "RESIDENT", size // 4)
    file = np.lib.format.open_memmap(
        tmp_path / "vectors.npy", mode="w+", dtype=np.float32, shape=(size // 1024, 256)
    )
    file[:] = 1
    file.flush()
    del file
    mapped = np.load(tmp_path / "vectors.npy", mmap_mode="r")
    gc.collect()
    before = _resident()
    found = over_rows(mapped, np.arange(len(mapped)), _plain)
    assert (found == 256).all()
    assert _resident() - before < size / 2


def test_a_private_copy_of_a_file_keeps_what_was_written_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_rows, "RESIDENT", 0)
    np.save(tmp_path / "vectors.npy", np.zeros((100, 4), np.float32))
    mapped = np.load(tmp_path / "vectors.npy", mmap_mode="c")
    mapped[:] = 2
    assert (over_rows(mapped, np.arange(100), _plain) == 8).all()
    assert (mapped == 2).all()


def test_a_sample_is_drawn_from_the_candidates_without_repeats() -> None:
    where = situation()
    drawn = draw(where, 20, seed=4)
    assert len(set(drawn.rows.tolist())) == 20
    assert set(drawn.rows) <= set(where.candidates)
    assert np.array_equal(drawn.copied(), where.pool_vectors[drawn.rows])
    assert np.array_equal(drawn.rows, draw(where, 20, seed=4).rows)
    assert not np.array_equal(drawn.rows, draw(where, 20, seed=5).rows)


@given(st.lists(st.sampled_from([0.0, 1.0, 2.0, 3.5, -np.inf]), max_size=30), st.integers(0, 40))
def test_the_first_of_a_ranking_are_those_of_a_stable_sort(values: list[float], count: int) -> None:
    utilities = np.array(values, dtype=np.float32)
    whole = np.argsort(-utilities, kind="stable")
    found = best_first(utilities, count)
    assert len(found) >= min(count, len(values))
    assert found.tolist() == whole[: len(found)].tolist()
