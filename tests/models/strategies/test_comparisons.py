"""Pairs are of images that the learner is unsure of, between the same two classes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.interfaces import PartMissing, margins
from models.strategies import comparisons
from tests.models.small_worlds import situation


@pytest.mark.parametrize("classes", [2, 4])
def test_both_images_lie_near_the_boundary_that_is_asked_about(classes: int) -> None:
    here = situation(classes=classes)
    assert here.learner is not None
    posed = comparisons.pose(here, 3, seed=0)
    assert len(posed) == 3
    rows = [row for each in posed for row in each.rows]
    assert len(set(rows)) == len(rows)
    assert set(rows) <= set(here.candidates)
    decided = here.learner.decide(here.pool_vectors)
    sure = margins(decided)
    near = np.sort(sure[here.candidates])[comparisons.CANDIDATES * 3 - 1]
    for each in posed:
        for row in each.rows:
            assert sure[row] <= near
            assert set(np.argsort(-decided[row])[:2]) == {each.asked, each.against}
        assert each.margin == pytest.approx(sure[list(each.rows)].min())


def test_the_nearest_image_is_compared_with_the_most_different_one() -> None:
    here = situation()
    assert here.learner is not None
    sure = margins(here.learner.decide(here.pool_vectors[here.candidates]))
    near = here.candidates[np.argsort(sure)[: comparisons.CANDIDATES]]
    (posed,) = comparisons.pose(here, 1, seed=0)
    (other,) = set(posed.rows) - {near[0]}
    apart = np.linalg.norm(here.pool_vectors[near] - here.pool_vectors[near[0]], axis=1)
    assert near[0] in posed.rows
    assert other == near[apart.argmax()]


def test_which_comes_first_is_drawn() -> None:
    here = situation()
    first = {comparisons.pose(here, 1, seed=seed)[0].rows for seed in range(12)}
    assert len(first) == 2
    assert len({frozenset(rows) for rows in first}) == 1


def test_too_few_candidates_make_fewer_pairs() -> None:
    here = situation()
    assert len(comparisons.pose(replace(here, candidates=here.candidates[:3]), 5, seed=0)) <= 1
    assert comparisons.pose(replace(here, candidates=here.candidates[:1]), 5, seed=0) == []


def test_without_a_learner_it_says_what_is_missing() -> None:
    with pytest.raises(PartMissing, match="learner"):
        comparisons.pose(replace(situation(), learner=None), 1, seed=0)
