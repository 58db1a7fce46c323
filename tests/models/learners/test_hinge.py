"""Hyperplanes are those that scikit-learn's `SVC` finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.svm import SVC

from models.learners import hinge


def _drawn(seed: int, labels: int, classes: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vectors, their classes, of which each occurs, and what each of them counts."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(labels, 7))
    drawn = np.concatenate([np.arange(classes), rng.integers(0, classes, labels - classes)])
    return vectors, drawn, rng.uniform(0.2, 1, labels)


def _svc(gram: np.ndarray, sides: np.ndarray, counts: np.ndarray, weight: float) -> SVC:
    machine = SVC(kernel="precomputed", C=1 / weight, tol=hinge.TOLERANCE)
    return machine.fit(gram, sides, sample_weight=counts)


@given(
    seed=st.integers(0, 1000),
    labels=st.integers(5, 40),
    classes=st.integers(2, 5),
    strength=st.sampled_from([1e-4, 1e-2, 1.0]),
)
def test_each_class_against_the_rest(seed: int, labels: int, classes: int, strength: float) -> None:
    vectors, drawn, counts = _drawn(seed, labels, classes)
    gram, tasks = vectors @ vectors.T, hinge.one_vs_rest(drawn)
    planes = hinge.on_gram(gram, tasks, counts, strength=strength)
    for index, task in enumerate(tasks):
        machine = _svc(gram, task.far, counts, counts.sum() * strength)
        decided = planes.slopes[index] @ gram + planes.offsets[index]
        assert decided == pytest.approx(machine.decision_function(gram), abs=1e-9)


@given(seed=st.integers(0, 1000), labels=st.integers(6, 40), classes=st.integers(3, 5))
def test_each_class_against_each_other(seed: int, labels: int, classes: int) -> None:
    vectors, drawn, counts = _drawn(seed, labels, classes)
    gram = vectors @ vectors.T
    planes = hinge.pairs_on_gram(gram, drawn, counts, strength=1e-2)
    mean = np.mean([counts[task.rows].sum() for task in hinge.one_vs_one(drawn)])
    machine = _svc(gram, drawn, counts, mean * 1e-2)
    machine.decision_function_shape = "ovo"
    decided = planes.slopes @ gram + planes.offsets[:, None]
    expected = -machine.decision_function(gram)
    assert pytest.approx(expected, abs=1e-9) == decided.T
