"""What is the small network's own, beyond the contract of learners."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from models.catalog import read_options
from models.interfaces import ImageShape, ShapeUnsupported, Vectors
from models.learners import small_cnn
from models.learners.small_cnn import SmallCnn, shape_of
from models.learners.small_network import taught
from models.parts.declaring import Kind
from tests.models.small_worlds import COLOR, DIGIT, LARGE, World, world

pytestmark = pytest.mark.slow


def fit(seen: World, *, steps: int = 60, count: int = 2, seed: int = 0) -> SmallCnn:
    options = read_options(Kind.LEARNER, "small_cnn", {"steps": steps})
    return small_cnn.fit(pixels(seen), seen.classes, options, count=count, seed=seed)


def pixels(seen: World) -> Vectors:
    return (seen.images.reshape(len(seen.images), -1) / 255).astype(np.float32)


@pytest.mark.parametrize(
    ("length", "shape"),
    [(64, (1, 8, 8)), (784, (1, 28, 28)), (3072, (3, 32, 32)), (192, (3, 8, 8)), (243, (3, 9, 9))],
)
def test_the_length_of_pixel_vectors_tells_the_shape(
    length: int, shape: tuple[int, int, int]
) -> None:
    assert shape_of(length) == ImageShape(*shape)


@pytest.mark.parametrize("length", [0, 1, 30, 48, 147, 1536, 28 * 32])
def test_vectors_that_are_no_square_images_are_refused_in_words(length: int) -> None:
    with pytest.raises(ShapeUnsupported, match=f"length {length} are not .* choose pixels"):
        shape_of(length)


@pytest.mark.parametrize("shape", [DIGIT, COLOR, LARGE], ids=str)
@pytest.mark.parametrize("classes", [2, 10])
def test_images_of_every_size_are_told_apart(shape: ImageShape, classes: int) -> None:
    seen = world(shape, count=80, classes=classes)
    learner = fit(seen, count=classes)
    assert (learner.decide(pixels(seen)).argmax(axis=1) == seen.classes).mean() > 0.95


def test_another_seed_starts_from_other_weights() -> None:
    first, other = (fit(world(), steps=10, seed=seed) for seed in (0, 1))
    weights = (each.checkpoint().tensors["network.first.weight"] for each in (first, other))
    assert not torch.equal(*weights)


def test_the_learner_is_frozen_and_a_slope_flows_back_to_the_pixels() -> None:
    seen = world()
    vectors = torch.from_numpy(pixels(seen)).requires_grad_()
    learner = fit(seen)
    learner.forward(vectors)[:, 1].sum().backward()
    assert vectors.grad is not None
    assert (vectors.grad.abs().sum(dim=1) > 0).all()
    assert not any(each.requires_grad for each in learner.checkpoint().tensors.values())


def test_chances_are_calibrated_on_labels_that_the_first_training_never_saw(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lessons: list[int] = []

    def counting(lesson, *, seed):  # type: ignore[no-untyped-def]
        lessons.append(len(lesson.columns))
        return taught(lesson, seed=seed)

    monkeypatch.setattr(small_cnn, "taught", counting)
    fit(world(count=60), steps=10)
    assert lessons == [40, 60]
