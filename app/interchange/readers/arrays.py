"""Images and labels that are arrays: which shapes and types make sense, and reading them.

Arrays may be mapped from disk: only the images that are asked for are in memory. Knows nothing of
file formats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.interchange.errors import ImportRefused
from app.interchange.imaging import Pixels
from app.interchange.readers.source import SourceImage, Split

_CHUNK = 1024


@dataclass(frozen=True)
class Part:
    """Images that belong together, with their labels if there are any."""

    name: str
    images: NDArray[Any]
    labels: NDArray[Any] | None = None
    split: Split = Split.TRAIN


class ArraySource:
    """Images that lie in arrays, in their order."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = [_checked(part) for part in parts]

    @property
    def labels(self) -> list[str]:
        """Every label that occurs."""
        return sorted({text for part in self._parts for text in set(part.labels)})

    @property
    def count(self) -> int:
        """How many images there are."""
        return sum(part.count for part in self._parts)

    def __iter__(self) -> Iterator[SourceImage]:
        """Go through the images."""
        for part in self._parts:
            for row in range(part.count):
                label = part.labels[row] if part.labels else None
                yield SourceImage(
                    f"{part.name}[{row}]", partial(part.pixels, row), label, part.split
                )


@dataclass(frozen=True)
class _Checked:
    name: str
    count: int
    pixels: Callable[[int], Pixels]
    labels: list[str]
    split: Split


def _checked(part: Part) -> _Checked:
    images = _channels_last(part)
    _require_values(part.name, images)
    labels = [] if part.labels is None else _label_texts(part)
    return _Checked(part.name, len(images), partial(_pixels, images), labels, part.split)


def _channels_last(part: Part) -> NDArray[Any]:
    """View an array as (n, h, w) or (n, h, w, c), or refuse its shape."""
    images = part.images
    if images.ndim == 3 and min(images.shape[1:]) > 0:
        return images
    if images.ndim == 4 and min(images.shape[1:]) > 0:
        if images.shape[3] in (1, 3, 4):
            return images
        if images.shape[1] in (1, 3):
            return images.transpose(0, 2, 3, 1)
    raise ImportRefused(
        f"The array {part.name} has the shape {_in_words(images.shape)}; images must be"
        " (n, height, width), (n, height, width, channels) or (n, channels, height, width)"
        " with 1 or 3 channels. Reshape it, then save it again."
    )


def _in_words(shape: tuple[int, ...]) -> str:
    return f"({', '.join(str(length) for length in shape)})"


def _require_values(name: str, images: NDArray[Any]) -> None:
    """Refuse types and ranges of which we cannot know what black and white are."""
    if images.dtype in (np.uint8, np.bool_):
        return
    if not np.issubdtype(images.dtype, np.floating):
        raise ImportRefused(
            f"The array {name} holds {images.dtype}; images must be uint8 (0 to 255), or"
            " floating point from 0 to 1."
        )
    for begin in range(0, len(images), _CHUNK):
        chunk = images[begin : begin + _CHUNK]
        low, high = float(chunk.min()), float(chunk.max())
        if not (low >= 0 and high <= 1):
            raise ImportRefused(
                f"The array {name} holds values from {low:g} to {high:g}; floating-point images"
                " must lie between 0 and 1. Rescale it, or save it as uint8."
            )


def _pixels(images: NDArray[Any], row: int) -> Pixels:
    """Return one image as `uint8`."""
    image = images[row]
    if image.dtype == np.uint8:
        return np.array(image)
    return np.round(np.asarray(image, np.float64) * 255).astype(np.uint8)


def _label_texts(part: Part) -> list[str]:
    """Return labels as text: 5 and 5.0 are both `5`."""
    assert part.labels is not None
    labels = part.labels
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1 or len(labels) != len(part.images):
        raise ImportRefused(
            f"The array {part.name} holds {len(part.images):,} images, but its labels have the"
            f" shape {_in_words(labels.shape)}; there must be exactly one label per image."
        )
    if labels.dtype.kind == "S":
        labels = np.char.decode(labels, "utf-8", "replace")
    if labels.dtype.kind == "U":
        return [str(label).strip() for label in labels]
    if labels.dtype.kind not in "biuf" or not np.array_equal(labels, np.round(labels)):
        raise ImportRefused(f"The labels of {part.name} must be whole numbers or texts.")
    return [str(int(label)) for label in labels]
