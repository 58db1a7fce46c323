"""The real images nearest to a synthesized one."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import select

from app.rounds.twins import TWINS, nearest_rows
from app.tables import Image, Query
from app.words import Origin, Source, StageKind
from models.neighbors import CHUNK
from tests.app.rounds.conftest import Classroom


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


def test_images_that_are_asked_about_are_nobodys_twins() -> None:
    pool = np.array([[9.0], [1.0], [4.0], [0.5], [2.0]], dtype=np.float32)
    free = np.array([True, True, False, False, True])
    rows, apart = nearest_rows(np.zeros((1, 1), dtype=np.float32), pool, free=free)
    assert rows[0, :3].tolist() == [1, 4, 0]
    assert np.isinf(apart[0, 3])


def test_a_pool_smaller_than_asked_gives_all_it_has() -> None:
    rows, apart = nearest_rows(np.zeros((2, 1), np.float32), np.ones((3, 1), np.float32))
    assert rows.shape == apart.shape == (2, 3)
    assert nearest_rows(np.zeros((2, 1), np.float32), np.ones((0, 1), np.float32))[0].shape == (
        2,
        0,
    )


@pytest.mark.slow
def test_each_imagined_image_is_posed_with_real_ones_that_nobody_is_asked_about(
    trained: Classroom,
) -> None:
    trained.answer_all()
    trained.turn(StageKind.FIT_AND_POSE)
    asked = set(trained.session.scalars(select(Query.image_id)))
    for query in trained.open_queries():
        twins = query.provenance.get("twins")
        assert (twins is not None) is (query.source is Source.SYNTHESIZED)
        if twins is None:
            continue
        assert len(twins) == TWINS
        assert [apart for _, apart in twins] == sorted(apart for _, apart in twins)
        for image_id, _ in twins:
            image = trained.session.get_one(Image, image_id)
            assert image.origin is Origin.POOL
            assert image.id not in asked
