from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.interchange.errors import ImportRefused
from app.interchange.readers.arrays import ArraySource, Part
from tests.app.interchange.pictures import noise


def source(images: Any, labels: Any = None) -> ArraySource:
    return ArraySource(
        [Part("x", np.asarray(images), None if labels is None else np.asarray(labels))]
    )


def first(images: Any) -> np.ndarray:
    return next(iter(source(images))).read()


def test_gray_images_are_read_as_they_are() -> None:
    assert np.array_equal(first([noise(1), noise(2)]), noise(1))


def test_channels_may_come_last_or_first() -> None:
    color = noise(1, channels=3)
    assert np.array_equal(first(color[None]), color)
    assert np.array_equal(first(color.transpose(2, 0, 1)[None]), color)


def test_floating_point_from_0_to_1_is_scaled() -> None:
    image = np.linspace(0, 1, 64, dtype=np.float32).reshape(1, 8, 8)
    assert first(image).dtype == np.uint8
    assert (first(image).min(), first(image).max()) == (0, 255)


def test_truth_values_become_black_and_white() -> None:
    assert first(np.eye(8, dtype=bool)[None]).tolist() == (np.eye(8) * 255).tolist()


@pytest.mark.parametrize("shape", [(5,), (5, 784), (5, 0, 8), (5, 8, 8, 2), (2, 5, 8, 8, 3)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ImportRefused, match="has the shape"):
        source(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("values", [[0.0, 255.0], [-1.0, 1.0], [0.0, float("nan")]])
def test_floating_point_beyond_0_to_1_is_refused(values: list[float]) -> None:
    with pytest.raises(ImportRefused, match="between 0 and 1"):
        source(np.resize(np.array(values, np.float32), (2, 8, 8)))


@pytest.mark.parametrize("kind", [np.int64, np.uint16, np.complex64, "S3"])
def test_other_types_are_refused(kind: Any) -> None:
    with pytest.raises(ImportRefused, match="must be uint8"):
        source(np.zeros((2, 8, 8), kind))


@pytest.mark.parametrize(
    ("labels", "texts"),
    [
        ([5, 7], ["5", "7"]),
        ([5.0, 7.0], ["5", "7"]),
        ([[5], [7]], ["5", "7"]),
        (["five", " seven "], ["five", "seven"]),
        ([b"five", b"seven"], ["five", "seven"]),
    ],
)
def test_labels_are_texts(labels: Any, texts: list[str]) -> None:
    found = source([noise(1), noise(2)], labels)
    assert [each.label for each in found] == texts
    assert found.labels == sorted(texts)


@pytest.mark.parametrize("labels", [[1, 2, 3], [1], [[0, 1], [1, 0]]])
def test_labels_of_another_length_are_refused(labels: Any) -> None:
    with pytest.raises(ImportRefused, match="exactly one label per image"):
        source([noise(1), noise(2)], labels)


@pytest.mark.parametrize("labels", [[0.5, 1.0], [float("nan"), 1.0], [1j, 2j]])
def test_labels_that_name_nothing_are_refused(labels: Any) -> None:
    with pytest.raises(ImportRefused, match="whole numbers or texts"):
        source([noise(1), noise(2)], labels)


def test_an_empty_array_has_no_images() -> None:
    assert list(source(np.zeros((0, 8, 8), np.uint8))) == []
    assert list(source(np.zeros((0, 8, 8), np.float32))) == []
