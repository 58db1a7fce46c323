"""Edges: what differs between neighbors, and what a copy has of it."""

from __future__ import annotations

import numpy as np
import pytest

from models.edges import edges, kept

STRIPES = np.tile(np.array([[0, 255]], dtype=np.uint8), (8, 4))[None]
PLAIN = np.full((1, 8, 8), 100, np.uint8)


def test_edges_are_the_mean_difference_of_neighbors_over_both_directions() -> None:
    # Seven of eight columns have a neighbor that differs by all there is, and no row has one.
    assert edges(np.stack([STRIPES, PLAIN])).tolist() == pytest.approx([7 / 16, 0])
    assert edges(np.stack([STRIPES.swapaxes(1, 2)])).tolist() == pytest.approx([7 / 16])


def test_a_fainter_copy_keeps_fewer_edges() -> None:
    originals = np.stack([STRIPES, STRIPES])
    assert kept(originals, originals) == 1
    assert kept(originals // 5 * 2, originals) == pytest.approx(0.4)


def test_images_without_edges_lose_none() -> None:
    assert kept(np.stack([PLAIN]), np.stack([PLAIN])) == 1


def test_no_image_has_no_edges() -> None:
    assert edges(np.zeros((0, 1, 8, 8), np.uint8)).shape == (0,)
