"""Labels are held out fairly: by class, and never apart from what is all but the same."""

from __future__ import annotations

import numpy as np
import pytest

from models.learners.held_out import FOLDS, VALIDATED, hold_out


def test_every_class_is_dealt_to_every_fold() -> None:
    classes = np.repeat([0, 1, 2], (30, 9, 3))
    held = hold_out(classes, seed=1)
    assert sorted(held.rows) == list(range(len(classes)))
    assert np.array_equal(held.classes, classes[held.rows])
    for fold in held.tried:
        assert np.unique(held.classes[held.folds == fold]).tolist() == [0, 1, 2]


@pytest.mark.parametrize("count", [60, 3 * VALIDATED])
def test_copies_are_held_out_with_what_they_are_copies_of(count: int) -> None:
    rng = np.random.default_rng(0)
    groups = rng.permutation(np.concatenate([np.arange(count), rng.integers(0, count, 2 * count)]))
    classes, weights = groups % 2, 1.0 + groups
    held = hold_out(classes, seed=1, weights=weights, groups=groups)
    seen = np.unique(groups[held.rows])
    assert len(seen) == min(count, VALIDATED)
    assert sorted(held.rows) == np.flatnonzero(np.isin(groups, seen)).tolist()
    folds = {group: set(held.folds[groups[held.rows] == group]) for group in seen}
    assert all(len(each) == 1 for each in folds.values())
    sizes = [sum(each == {fold} for each in folds.values()) for fold in range(FOLDS)]
    assert max(sizes) - min(sizes) <= 2
    assert np.array_equal(held.classes, classes[held.rows])
    assert np.array_equal(held.weights, weights[held.rows])


def test_labels_without_copies_are_dealt_as_without_groups() -> None:
    classes = np.arange(50) % 3
    plain, grouped = (hold_out(classes, seed=2, groups=each) for each in (None, np.arange(50)))
    assert np.array_equal(plain.rows, grouped.rows)
    assert np.array_equal(plain.folds, grouped.folds)


def test_a_class_with_fewer_labels_than_folds_keeps_them_however_many_copies() -> None:
    groups = np.concatenate([np.arange(14), np.repeat([12, 13], 5)])
    classes = np.where(groups < 6, 0, np.where(groups < 12, 1, 2))
    held = hold_out(classes, seed=3, groups=groups)
    assert (held.folds[held.classes == 2] == -1).all()
    assert (held.folds[held.classes < 2] >= 0).all()
