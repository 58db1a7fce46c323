"""What holds for every learner in the catalogue."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from models import catalog
from models.checkpoints import from_blob, to_blob
from models.interfaces import (
    Checkpoint,
    CheckpointMismatch,
    Indices,
    Learner,
    NotEnoughClasses,
    Vectors,
    Weights,
)
from models.parts.declaring import Kind
from tests.models.small_worlds import fit

NAMES = [each.name for each in catalog.entries(Kind.LEARNER)]
pytestmark = pytest.mark.parametrize("name", NAMES)


#: Vectors of a length that may be the pixels of an image, for the learner that sees images.
LENGTH = 64


def _points(classes: int, *, each: int = 12, spread: float = 0.4) -> tuple[Vectors, Indices]:
    rng = np.random.default_rng(classes)
    centers = rng.normal(size=(classes, LENGTH))
    which = np.arange(classes * each) % classes
    return (centers[which] + rng.normal(0, spread, (len(which), LENGTH))).astype(np.float32), which


def _overlapping(count: int) -> tuple[Vectors, Indices]:
    """Draw two round clouds in four dimensions that overlap: about one in six is misplaced.

    Each dimension is the brightness of one quarter of an image.
    """
    rng = np.random.default_rng(3)
    which = np.arange(count) % 2
    quarters = rng.normal(size=(count, 2, 2))
    quarters[:, 0, 0] += 2 * which - 1
    return quarters.repeat(4, axis=1).repeat(4, axis=2).reshape(count, -1).astype(np.float32), which


def _exact(vectors: Vectors) -> Vectors:
    """Return the true chances of the overlapping clouds."""
    one = 1 / (1 + np.exp(-2 * vectors[:, 0]))
    return np.stack([1 - one, one], axis=1)


def _log_loss(chances: Vectors, truth: Indices) -> float:
    return float(-np.log(np.maximum(chances[np.arange(len(truth)), truth], 1e-9)).mean())


def _load(name: str, checkpoint: Checkpoint) -> Learner:
    found: Learner = catalog.module(Kind.LEARNER, name).load(checkpoint)
    return found


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_what_was_taught_is_known(name: str, classes: int) -> None:
    vectors, which = _points(classes)
    learner = fit(vectors, which, count=classes, name=name)
    decisions = learner.decide(vectors)
    assert learner.classes == classes
    assert decisions.shape == (len(vectors), classes)
    assert decisions.dtype == np.float32
    assert (decisions.argmax(axis=1) == which).mean() > 0.97


def test_two_classes_share_one_boundary(name: str) -> None:
    vectors, which = _points(2)
    decisions = fit(vectors, which, count=2, name=name).decide(vectors)
    assert np.allclose(decisions[:, 0], -decisions[:, 1], atol=1e-5)


@pytest.mark.parametrize("labeled", [(0, 3), (1, 4), (0, 1, 2)])
def test_a_class_without_labels_never_wins(name: str, labeled: tuple[int, ...]) -> None:
    vectors, which = _points(5)
    rows = np.isin(which, labeled)
    learner = fit(vectors[rows], which[rows], count=5, name=name)
    far = np.concatenate([vectors, 100 * vectors, -100 * vectors])
    assert learner.classes == 5
    assert set(learner.decide(far).argmax(axis=1)) <= set(labeled)


@pytest.mark.parametrize("kept", [0, 1, 5])
def test_labels_of_fewer_than_two_classes_are_refused_in_words(name: str, kept: int) -> None:
    vectors, which = _points(2)
    rows = np.flatnonzero(which == 1)[:kept]
    with pytest.raises(NotEnoughClasses, match=f"labels of {min(kept, 1)} of 2 classes and needs"):
        fit(vectors[rows], which[rows], count=2, name=name)


def test_two_labels_of_two_classes_are_enough(name: str) -> None:
    vectors, which = _points(2)
    decisions = fit(vectors[:2], which[:2], count=2, name=name).decide(vectors[:2])
    assert decisions.argmax(axis=1).tolist() == which[:2].tolist()


def test_equal_images_with_different_answers_are_survived(name: str) -> None:
    vectors = np.ones((8, LENGTH), np.float32)
    decisions = fit(vectors, np.arange(8) % 2, count=2, name=name).decide(vectors)
    assert np.isfinite(decisions).all()


def test_the_same_seed_fits_the_same_and_leaves_the_labels_alone(name: str) -> None:
    vectors, which = _points(3)
    kept = vectors.copy(), which.copy()
    first, again = (fit(vectors, which, count=3, name=name) for _ in range(2))
    assert to_blob(first.checkpoint()) == to_blob(again.checkpoint())
    assert np.array_equal(kept[0], vectors)
    assert np.array_equal(kept[1], which)


def test_a_checkpoint_decides_the_same_after_its_way_through_a_blob(name: str) -> None:
    vectors, which = _points(4)
    learner = fit(vectors, which, count=4, name=name)
    again = _load(name, from_blob(to_blob(learner.checkpoint())))
    assert again.classes == 4
    assert np.array_equal(learner.decide(vectors), again.decide(vectors))
    assert np.array_equal(learner.chances(vectors), again.chances(vectors))


def test_the_differentiable_way_decides_the_same(name: str) -> None:
    vectors, which = _points(3)
    learner = fit(vectors, which, count=3, name=name)
    tensor = torch.from_numpy(vectors).requires_grad_()
    decisions = learner.forward(tensor)
    decisions.sum().backward()
    assert np.allclose(learner.decide(vectors), decisions.detach().numpy(), atol=1e-4)
    assert tensor.grad is not None


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_chances_add_up_to_one_and_favor_what_is_decided(name: str, classes: int) -> None:
    vectors, which = _points(classes, spread=1.0)
    learner = fit(vectors, which, count=classes, name=name)
    chances = learner.chances(vectors)
    assert chances.shape == (len(vectors), classes)
    assert chances.dtype == np.float32
    assert (chances >= 0).all()
    assert np.allclose(chances.sum(axis=1), 1, atol=1e-5)
    assert (chances.argmax(axis=1) == learner.decide(vectors).argmax(axis=1)).mean() > 0.9


@pytest.mark.parametrize("classes", [2, 5])
@pytest.mark.parametrize("each", [1, 2, 3, 20])
def test_chances_are_at_hand_however_few_the_labels(name: str, classes: int, each: int) -> None:
    vectors, which = _points(classes, each=each)
    chances = fit(vectors, which, count=classes, name=name).chances(vectors)
    assert np.isfinite(chances).all()
    assert (chances.argmax(axis=1) == which).mean() > 0.9


def test_chances_are_about_as_often_true_as_they_say(name: str) -> None:
    vectors, which = _overlapping(1500)
    learner = fit(vectors[:300], which[:300], count=2, name=name)
    held, truth = vectors[300:], which[300:]
    assert _log_loss(learner.chances(held), truth) < 1.1 * _log_loss(_exact(held), truth)
    sure = learner.chances(held).max(axis=1)
    right = learner.chances(held).argmax(axis=1) == truth
    assert abs(sure.mean() - right.mean()) < 0.06


def test_a_class_without_labels_has_no_chance(name: str) -> None:
    vectors, which = _points(5)
    rows = np.isin(which, (1, 4))
    chances = fit(vectors[rows], which[rows], count=5, name=name).chances(vectors)
    assert (chances[:, [0, 2, 3]] == 0).all()


def test_one_label_of_a_rare_class_does_not_stop_calibration(name: str) -> None:
    vectors, which = _points(3, each=20)
    rows = np.flatnonzero((which < 2) | (np.arange(len(which)) == 2))
    chances = fit(vectors[rows], which[rows], count=3, name=name).chances(vectors)
    assert np.allclose(chances.sum(axis=1), 1, atol=1e-5)


def test_nothing_to_decide_gives_no_decision(name: str) -> None:
    vectors, which = _points(3)
    learner = fit(vectors, which, count=3, name=name)
    assert learner.decide(vectors[:0]).shape == learner.chances(vectors[:0]).shape == (0, 3)


def test_vectors_of_other_features_are_refused_in_words(name: str) -> None:
    vectors, which = _points(2)
    with pytest.raises(CheckpointMismatch, match=f"vectors of length {LENGTH}, not {LENGTH - 1}"):
        fit(vectors, which, count=2, name=name).decide(vectors[:, 1:])


def test_the_checkpoint_of_another_part_is_refused(name: str) -> None:
    with pytest.raises(CheckpointMismatch, match="not of learner"):
        _load(name, Checkpoint("features", "pixels", {}))


def _misled(count: int) -> tuple[Vectors, Indices, Indices, NDArray[np.bool_]]:
    """Draw the overlapping clouds, and let somebody turn four in ten labels around.

    Returns the vectors, the truth, what was said, and which labels are that person's.
    """
    vectors, truth = _overlapping(count)
    theirs = np.random.default_rng(8).random(count) < 0.4
    return vectors, truth, np.where(theirs, 1 - truth, truth), theirs


def test_labels_that_count_little_mislead_little(name: str) -> None:
    vectors, truth, said, theirs = _misled(900)

    def right(weights: Weights | None) -> float:
        learner = fit(vectors[:200], said[:200], count=2, name=name, weights=weights)
        return float((learner.decide(vectors[200:]).argmax(axis=1) == truth[200:]).mean())

    trusted = right(np.where(theirs, 0.1, 1.0)[:200])
    assert trusted > right(None) + 0.02
    assert trusted > 0.78


def test_labels_that_all_count_alike_teach_as_without_weights(name: str) -> None:
    vectors, which = _points(3, spread=1.5)
    plain = fit(vectors, which, count=3, name=name)
    for weight in (1.0, 0.25):
        same = fit(vectors, which, count=3, name=name, weights=np.full(len(which), weight))
        decided = same.decide(vectors).argmax(axis=1) == plain.decide(vectors).argmax(axis=1)
        assert decided.mean() > 0.97


def test_labels_that_count_little_say_little_of_how_sure_to_be(name: str) -> None:
    vectors, _, said, theirs = _misled(600)
    weights = np.where(theirs, 0.1, 1.0)
    sure = fit(vectors[:300], said[:300], count=2, name=name, weights=weights[:300])
    doubtful = fit(vectors[:300], said[:300], count=2, name=name)
    held = vectors[300:]
    assert sure.chances(held).max(axis=1).mean() > doubtful.chances(held).max(axis=1).mean() + 0.05


def test_labels_among_exact_copies_of_them_teach_as_they_do_alone(name: str) -> None:
    vectors, which = _overlapping(900)
    kept = np.concatenate([np.arange(200), np.repeat(np.arange(200), 3)])
    alone = fit(vectors[:200], which[:200], count=2, name=name)
    shares = np.full(len(kept), 0.25)
    among = fit(vectors[kept], which[kept], count=2, name=name, weights=shares, groups=kept)
    held, truth = vectors[200:], which[200:]
    same = among.decide(held).argmax(axis=1) == alone.decide(held).argmax(axis=1)
    assert same.mean() > 0.9
    assert _log_loss(among.chances(held), truth) < 1.1 * _log_loss(alone.chances(held), truth)
