"""Copies of labeled images show the same in other proportions, and count no more than they do."""

from __future__ import annotations

import numpy as np
import pytest

from models import virtual_examples
from models.features import pixels
from models.interfaces import Images, Vectors
from models.parts.features import PixelsOptions
from models.rounds.fitting import fit_learner
from models.virtual_examples import COPIES, Copies, stretched
from tests.models import small_worlds
from tests.models.small_worlds import SMALL, world


def _square(channels: int = 1) -> Images:
    """A bright square of 32 by 32 in the middle of 128 by 128."""
    image = np.zeros((1, channels, 128, 128), dtype=np.uint8)
    image[:, :, 48:80, 48:80] = 255
    return image


def _sides(images: Images) -> tuple[Vectors, Vectors]:
    """Measure the lit rectangle of each image, through its middle."""
    lit = images[:, 0] / 255
    return lit[:, :, 64].sum(axis=1), lit[:, 64].sum(axis=1)


@pytest.mark.parametrize("channels", [1, 3])
def test_copies_are_longer_and_shorter_each_side_by_itself(channels: int) -> None:
    made = stretched(_square(channels), 0.8, copies=300)
    assert made.shape == (1, 300, channels, 128, 128)
    assert made.dtype == np.uint8
    heights, widths = _sides(made[0])
    for sides in (heights, widths):
        assert sides.min() == pytest.approx(32 * np.exp(-0.8), rel=0.05)
        assert sides.max() == pytest.approx(32 * np.exp(0.8), rel=0.05)
        assert np.log(sides / 32).mean() == pytest.approx(0, abs=0.1)
    assert abs(np.corrcoef(heights, widths)[0, 1]) < 0.2


def test_an_image_has_the_same_copies_wherever_it_is_met() -> None:
    images = world(count=6).images
    assert np.array_equal(
        stretched(images, 0.5, copies=4)[4:], stretched(images[4:], 0.5, copies=4)
    )
    few, many = (stretched(images, 0.5, copies=each) for each in (2, 4))
    assert np.array_equal(few, many[:, :2])
    assert len({image.tobytes() for each in many for image in each}) == 6 * 4


@pytest.mark.parametrize(("images", "copies"), [(0, 3), (3, 0)])
def test_of_nothing_there_are_no_copies(images: int, copies: int) -> None:
    made = stretched(world(count=3).images[:images], 0.5, copies=copies)
    assert made.shape == (images, copies, SMALL.channels, SMALL.height, SMALL.width)


@pytest.mark.parametrize(
    ("limit", "most", "each"),
    [
        ("MOST_COPIES", 60, COPIES),
        ("MOST_COPIES", 30, 2),
        ("MOST_COPIES", 5, 0),
        ("MOST_NUMBERS", 12 * 3 * SMALL.pixels, 3),
    ],
)
def test_very_many_or_large_images_have_fewer_copies_each(
    monkeypatch: pytest.MonkeyPatch, limit: str, most: int, each: int
) -> None:
    images, features = world(count=12).images, small_worlds.features()
    monkeypatch.setattr(virtual_examples, limit, most)
    made = virtual_examples.copies(images, features, 0.5).vectors
    assert made.shape == (12, each, features.dimension)


def test_images_are_stretched_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    images, features = world(count=12).images, small_worlds.features()
    whole = virtual_examples.copies(images, features, 0.5).vectors
    monkeypatch.setattr(virtual_examples, "CHUNK", 5)
    assert np.array_equal(virtual_examples.copies(images, features, 0.5).vectors, whole)
    fourth = stretched(images[3:4], 0.5, copies=COPIES)[0]
    assert np.array_equal(whole[3], features.extract(fourth))


def test_an_image_and_its_copies_count_as_one_label() -> None:
    copies = Copies(np.arange(12, dtype=np.float32).reshape(2, 3, 2))
    vectors = -np.ones((3, 2), dtype=np.float32)
    beside = copies.beside(vectors, np.array([1, 0, 1]), np.array([1.0, 0.5, 1.0]))
    found, classes, weights, groups = beside
    assert np.array_equal(found[3:], copies.vectors.reshape(-1, 2))
    assert classes.tolist() == [1, 0, 1, 1, 1, 1, 0, 0, 0]
    assert groups.tolist() == [0, 1, 2, 0, 0, 0, 1, 1, 1]
    assert weights.tolist() == [0.25, 0.125, 1.0, *[0.25] * 3, *[0.125] * 3]


def test_what_copies_pull_is_their_label_s() -> None:
    parts = np.arange(18, dtype=np.float64).reshape(2, 9)
    joined = Copies(np.zeros((2, 3, 5), dtype=np.float32)).joined(parts)
    assert joined.tolist() == [[0 + 3 + 4 + 5, 1 + 6 + 7 + 8, 2], [9 + 39, 10 + 48, 11]]
    assert parts[0, 0] == 0


def test_a_learner_that_saw_copies_knows_other_proportions() -> None:
    """Taught on squares with a hole and without, it tells rectangles with a hole from others."""
    rng = np.random.default_rng(0)
    images = np.zeros((60, 1, 32, 32), dtype=np.uint8)
    classes = np.arange(60) % 2
    for image, one in zip(images, classes, strict=True):
        shade = rng.integers(60, 220)
        image[0, 12:20, 12:20] = shade
        if one:
            image[0, 14:18, 14:18] = 0  # A hole.
    features = pixels.train(images, PixelsOptions(), seed=0, progress=small_worlds.quiet)
    wide = stretched(images, 0.9, copies=7)[:, 5:].reshape(-1, 1, 32, 32)
    held, truth = features.extract(wide), np.repeat(classes, 2)

    def right(copies: Copies | None) -> float:
        learner = fit_learner(
            "linear_svm",
            {"strength": 0.1},
            features.extract(images),
            classes,
            count=2,
            seed=0,
            copies=copies,
        )
        assert learner is not None
        return float((learner.decide(held).argmax(axis=1) == truth).mean())

    assert right(virtual_examples.copies(images, features, 0.9)) > right(None) + 0.05
