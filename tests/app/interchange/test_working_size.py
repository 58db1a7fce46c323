from __future__ import annotations

import numpy as np
import pytest

from app.interchange.imaging import Limits, Picture, from_array
from app.interchange.working_size import Glance, WorkingSize, choose, fit
from tests.app.interchange.pictures import noise

LIMITS = Limits(bytes=10**7, pixels=10**7)


def picture(**size: int) -> Picture:
    return from_array(noise(1, **size), LIMITS)


@pytest.mark.parametrize(
    ("side", "largest", "chosen"),
    [
        (8, 32, 8),
        (16, 32, 16),
        (28, 32, 28),
        (32, 32, 32),
        (30, 64, 32),
        (1000, 32, 32),
        (3, 32, 8),
    ],
)
def test_the_side_is_that_of_the_images_rounded_up_and_bounded(
    side: int, largest: int, chosen: int
) -> None:
    assert choose([Glance(True, side)], largest=largest) == WorkingSize(1, chosen, chosen)


def test_one_image_in_color_makes_the_project_see_color() -> None:
    assert choose([Glance(True, 28)] * 9 + [Glance(False, 28)], largest=32).channels == 3


def test_an_odd_image_does_not_decide_the_side() -> None:
    assert choose([Glance(True, 28)] * 9 + [Glance(True, 2000)], largest=64).height == 28


@pytest.mark.parametrize("side", [8, 16, 28, 32])
def test_images_that_fit_keep_every_pixel(side: int) -> None:
    original = picture(height=side, width=side)
    fitted = fit(original, WorkingSize(1, side, side))
    assert np.array_equal(fitted[0], np.asarray(original.image))


def test_color_images_that_fit_keep_every_pixel() -> None:
    pixels = noise(2, height=32, width=32, channels=3)
    fitted = fit(from_array(pixels, LIMITS), WorkingSize(3, 32, 32))
    assert np.array_equal(fitted, pixels.transpose(2, 0, 1))


def test_rounding_to_a_multiple_of_4_pads_and_never_scales() -> None:
    original = picture(height=30, width=30)
    fitted = fit(original, WorkingSize(1, 32, 32))
    assert np.array_equal(fitted[0, 1:31, 1:31], np.asarray(original.image))


def test_a_wide_image_is_padded_with_the_color_of_its_border() -> None:
    pixels = np.full((10, 40), 200, np.uint8)
    pixels[4:6, 10:30] = 0
    fitted = fit(from_array(pixels, LIMITS), WorkingSize(1, 20, 20))[0]
    assert fitted[0].tolist() == [200] * 20
    assert fitted[-1].tolist() == [200] * 20
    assert fitted.min() < 60


def test_a_small_image_fills_the_square() -> None:
    pixels = np.zeros((8, 8), np.uint8)
    pixels[:, 4:] = 255
    fitted = fit(from_array(pixels, LIMITS), WorkingSize(1, 28, 28))[0]
    assert (fitted[:, :10] < 40).all()
    assert (fitted[:, -10:] > 215).all()


def test_gray_fills_three_channels_and_color_becomes_one() -> None:
    assert fit(picture(height=8, width=8), WorkingSize(3, 8, 8)).shape == (3, 8, 8)
    color = from_array(noise(3, height=8, width=8, channels=3), LIMITS)
    assert fit(color, WorkingSize(1, 8, 8)).shape == (1, 8, 8)


@pytest.mark.parametrize(("height", "width"), [(1, 500), (500, 1), (1, 1)])
def test_extreme_shapes_fit(height: int, width: int) -> None:
    assert fit(picture(height=height, width=width), WorkingSize(1, 28, 28)).shape == (1, 28, 28)
