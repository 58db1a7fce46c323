"""What the machine sees: every image of a project in one small, square size.

The size is fixed by a project's first import, because features and generators are trained on it:
gray if its first images are gray, and a side of their usual longer side, rounded up to a multiple
of 4 (generators halve twice), at least 8 and at most the setting `image_size`.

An image is scaled so that its longer side fits and is padded to the square, so nothing is
distorted and nothing is cut off. The padding has the color that is most usual along the image's
own border: ink on black stays ink on black, paper stays paper, and no frame appears that a
learner could take for a mark of its class. An image that already fits, up to the rounding to a
multiple of 4, is never scaled: its pixels are exactly those of the source.

Pure functions. Knows nothing of projects or files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.interchange.imaging import Picture

_MULTIPLE = 4
_SMALLEST = 8


@dataclass(frozen=True)
class WorkingSize:
    """Channels, height and width of every image that the machine sees."""

    channels: int
    height: int
    width: int

    @classmethod
    def of(cls, channels: int | None, height: int | None, width: int | None) -> WorkingSize | None:
        """Return a project's working size, None before its first import."""
        if channels is None or height is None or width is None:
            return None
        return cls(channels, height, width)


@dataclass(frozen=True)
class Glance:
    """What the choice needs to know of one image."""

    gray: bool
    longer_side: int

    @classmethod
    def at(cls, picture: Picture) -> Glance:
        """Look at one picture."""
        return cls(picture.gray, max(picture.image.size))


def choose(glances: Sequence[Glance], *, largest: int) -> WorkingSize:
    """Choose the working size from a project's first images; any will do where there are none."""
    if not glances:
        return WorkingSize(1, _SMALLEST, _SMALLEST)
    sides = sorted(glance.longer_side for glance in glances)
    usual = sides[len(sides) // 2]
    rounded = -(-usual // _MULTIPLE) * _MULTIPLE
    side = max(_SMALLEST, min(rounded, largest))
    return WorkingSize(1 if all(glance.gray for glance in glances) else 3, side, side)


def fit(picture: Picture, size: WorkingSize) -> NDArray[np.uint8]:
    """Scale and pad a picture to (channels, height, width)."""
    image = _colored(picture.image, size.channels)
    pixels = np.asarray(_scaled(image, size))
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    return np.ascontiguousarray(_padded(pixels, size).transpose(2, 0, 1))


def _colored(image: Image.Image, channels: int) -> Image.Image:
    mode = "L" if channels == 1 else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _scaled(image: Image.Image, size: WorkingSize) -> Image.Image:
    if _fits(image, size):
        return image
    share = min(size.width / image.width, size.height / image.height)
    width = min(size.width, max(1, round(image.width * share)))
    height = min(size.height, max(1, round(image.height * share)))
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _fits(image: Image.Image, size: WorkingSize) -> bool:
    """Whether the longer side needs padding by less than the rounding, and none is too long."""
    if image.width > size.width or image.height > size.height:
        return False
    return min(size.width - image.width, size.height - image.height) < _MULTIPLE


def _padded(pixels: NDArray[np.uint8], size: WorkingSize) -> NDArray[np.uint8]:
    """Put pixels (h, w, c) in the middle of the square."""
    height, width, channels = pixels.shape
    if (height, width) == (size.height, size.width):
        return pixels
    square = np.empty((size.height, size.width, channels), np.uint8)
    square[:] = _border_color(pixels)
    top, left = (size.height - height) // 2, (size.width - width) // 2
    square[top : top + height, left : left + width] = pixels
    return square


def _border_color(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the median color of the outermost pixels, (c,)."""
    rim = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    color: NDArray[np.uint8] = np.median(rim, axis=0).astype(np.uint8)
    return color
