"""Pixels are told as they are, or blurred as a textbook blurs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from models import catalog
from models.checkpoints import from_blob, to_blob
from models.features.pixels import Pixels, load
from models.interfaces import Checkpoint, Features, ImageShape, to_unit
from models.parts.declaring import Kind
from tests.models.small_worlds import SHAPES, quiet, world


def pixels(shape: ImageShape, **options: float) -> Features:
    module = catalog.module(Kind.FEATURES, "pixels")
    told = catalog.read_options(Kind.FEATURES, "pixels", options)
    found: Features = module.train(world(shape).images, told, seed=0, progress=quiet)
    return found


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_without_blur_every_pixel_is_its_own_number(shape: ImageShape) -> None:
    images = world(shape).images[:5]
    np.testing.assert_array_equal(
        pixels(shape).extract(images), to_unit(images).numpy().reshape(5, -1)
    )


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("blur", [0.5, 2.0, 9.0])
def test_blur_is_that_of_scipy_with_black_beyond_the_rim(shape: ImageShape, blur: float) -> None:
    images = world(shape).images[:5]
    obvious = gaussian_filter(
        to_unit(images).numpy(),
        (0, 0, blur, blur),
        mode="constant",
        radius=(0, 0, *2 * [int(np.ceil(3 * blur))]),
    )
    found = pixels(shape, blur=blur).extract(images)
    np.testing.assert_allclose(found, obvious.reshape(5, -1), atol=1e-6)


def test_a_checkpoint_keeps_the_blur() -> None:
    images = world().images[:5]
    part = pixels(SHAPES[0], blur=1.5)
    again = load(from_blob(to_blob(part.checkpoint())))
    np.testing.assert_array_equal(again.extract(images), part.extract(images))
    assert not np.allclose(part.extract(images), pixels(SHAPES[0]).extract(images))


def test_a_checkpoint_from_before_there_was_blur_has_none() -> None:
    facts = {"channels": 1, "height": 8, "width": 8}
    images = world().images[:5]
    np.testing.assert_array_equal(
        load(Checkpoint("features", "pixels", facts)).extract(images),
        Pixels(ImageShape(1, 8, 8)).extract(images),
    )
