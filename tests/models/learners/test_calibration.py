"""Decisions become chances: sums, order, sharpness found on what was held out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import softmax

from models.learners import calibration
from models.learners.calibration import MOST, USUAL_SHARPNESS


def drawn(sharpness: float, *, classes: int, count: int = 4000):  # type: ignore[no-untyped-def]
    """Draw decisions, and classes with the chances that this sharpness makes of them."""
    rng = np.random.default_rng(classes)
    decisions = rng.normal(size=(count, classes))
    chances = softmax(sharpness * decisions, axis=1)
    truth = (chances.cumsum(axis=1) < rng.random((count, 1))).sum(axis=1)
    return decisions, np.minimum(truth, classes - 1)


@pytest.mark.parametrize("classes", [2, 3, 10])
@pytest.mark.parametrize("sharpness", [0.3, 1.0, 4.0])
def test_the_sharpness_that_made_the_classes_is_found_again(sharpness: float, classes: int) -> None:
    decisions, truth = drawn(sharpness, classes=classes)
    assert calibration.sharpness(decisions, truth) == pytest.approx(sharpness, rel=0.1)


def test_two_mirrored_columns_give_the_logistic_curve() -> None:
    f = np.array([-2.0, 0.0, 0.5], dtype=np.float32)
    chances = calibration.chances(np.stack([-f, f], axis=1), 3.0)
    np.testing.assert_allclose(chances[:, 1], 1 / (1 + np.exp(-6 * f)), rtol=1e-5)


def test_a_class_far_below_has_no_chance_and_huge_decisions_do_no_harm() -> None:
    decisions = np.array([[1e6, -1e6, 0], [-1, 1, -1e6]], dtype=np.float32)
    chances = calibration.chances(decisions, 1 / MOST)
    np.testing.assert_allclose(chances.sum(axis=1), 1, rtol=1e-5)
    assert chances[0].tolist() == [1, 0, 0]
    assert chances[1, 2] == 0


@pytest.mark.parametrize("count", [4, 40, 400])
def test_faultless_decisions_count_as_sure_only_as_their_number_allows(count: int) -> None:
    truth = np.arange(count) % 2
    f = np.where(truth == 1, 1.0, -1.0)
    found = calibration.sharpness(np.stack([-f, f], axis=1), truth)
    sure = calibration.chances(np.array([[-1, 1]], dtype=np.float32), found)[0, 1]
    assert sure == pytest.approx((count + 1) / (count + 2), abs=0.01)


def test_decisions_that_are_worse_than_guessing_give_next_to_even_chances() -> None:
    truth = np.arange(60) % 2
    f = np.where(truth == 1, -1.0, 1.0)
    found = calibration.sharpness(np.stack([-f, f], axis=1), truth)
    chances = calibration.chances(np.array([[-1, 1]], dtype=np.float32), found)
    assert np.abs(chances - 0.5).max() < 0.01


def test_with_nothing_held_out_the_usual_sharpness_is_taken() -> None:
    assert calibration.sharpness(np.zeros((0, 2)), np.zeros(0, np.int64)) == USUAL_SHARPNESS


def test_no_decision_gives_no_chance() -> None:
    assert calibration.chances(np.zeros((0, 3), np.float32), 1.0).shape == (0, 3)
