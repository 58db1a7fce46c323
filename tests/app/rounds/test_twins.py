"""The real images nearest to a synthesized one."""

from __future__ import annotations

import numpy as np

from app.rounds.twins import nearest_rows
from models.neighbors import CHUNK


def test_twins_are_the_nearest_pool_rows_nearest_first() -> None:
    pool = np.array([[9.0], [1.0], [4.0], [0.5], [2.0]], dtype=np.float32)
    rows, apart = nearest_rows(np.zeros((1, 1), dtype=np.float32), pool)
    assert rows.tolist() == [[3, 1, 4, 2]]
    assert apart.tolist() == [[0.5, 1.0, 2.0, 4.0]]


def test_a_twin_is_found_in_every_part_of_a_large_pool() -> None:
    pool = np.full((2 * CHUNK + 3, 1), 50.0, dtype=np.float32)
    pool[[5, CHUNK + 1, 2 * CHUNK + 2]] = [[3.0], [1.0], [2.0]]
    rows, _ = nearest_rows(np.zeros((1, 1), dtype=np.float32), pool, count=3)
    assert rows.tolist() == [[CHUNK + 1, 2 * CHUNK + 2, 5]]


def test_of_equally_near_images_the_earlier_row_comes_first() -> None:
    pool = np.ones((6, 2), dtype=np.float32)
    rows, _ = nearest_rows(np.zeros((1, 2), dtype=np.float32), pool)
    assert rows.tolist() == [[0, 1, 2, 3]]


def test_a_pool_smaller_than_asked_gives_all_it_has() -> None:
    rows, apart = nearest_rows(np.zeros((2, 1), np.float32), np.ones((3, 1), np.float32))
    assert rows.shape == apart.shape == (2, 3)
    assert nearest_rows(np.zeros((2, 1), np.float32), np.ones((0, 1), np.float32))[0].shape == (
        2,
        0,
    )
