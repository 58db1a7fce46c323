from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from models.interfaces import CheckpointMismatch, ImageShape, margins, to_bytes, to_unit


def test_every_gray_level_survives_the_way_to_a_tensor_and_back() -> None:
    levels = np.arange(256, dtype=np.uint8).reshape(1, 1, 16, 16)
    assert np.array_equal(to_bytes(to_unit(levels)), levels)


def test_unit_images_span_exactly_zero_to_one_in_single_precision() -> None:
    unit = to_unit(np.array([[[[0, 255]]]], dtype=np.uint8))
    assert unit.dtype == torch.float32
    assert unit.flatten().tolist() == [0.0, 1.0]


def test_what_lies_outside_the_range_is_cut_off_and_not_wrapped_around() -> None:
    beyond = torch.tensor([[[[-0.3, 1.7]]]])
    assert to_bytes(beyond).flatten().tolist() == [0, 255]


def test_an_image_array_that_may_not_be_written_to_is_read_all_the_same() -> None:
    images = np.ones((2, 1, 8, 8), np.uint8)
    images.flags.writeable = False
    to_unit(images).add_(1)
    assert images.max() == 1


def test_images_seen_through_a_stride_keep_their_order() -> None:
    images = np.arange(128, dtype=np.uint8).reshape(2, 1, 8, 8)[::-1, :, :, ::-1]
    assert np.array_equal(to_bytes(to_unit(images)), images)


def test_the_margin_of_two_classes_is_the_size_of_the_decision() -> None:
    decisions = np.array([[-2.0, 2.0], [0.5, -0.5], [0.0, 0.0]], dtype=np.float32)
    assert margins(decisions).tolist() == [2.0, 0.5, 0.0]


@given(
    arrays.arrays(
        np.float32,
        st.tuples(st.integers(0, 6), st.integers(2, 5)),
        elements=st.floats(-9, 9, width=32),
    )
)
def test_the_margin_is_half_the_gap_between_the_two_best(decisions: np.ndarray) -> None:
    slow = [(sorted(row)[-1] - sorted(row)[-2]) / 2 for row in decisions.tolist()]
    assert np.allclose(margins(decisions), slow, atol=1e-5)


def test_a_shape_refuses_images_of_another_in_words() -> None:
    with pytest.raises(CheckpointMismatch, match="28 x 28 pixels, 1 channels.*8 x 16 pixels"):
        ImageShape(1, 28, 28).require(np.zeros((1, 1, 16, 8), np.uint8))
