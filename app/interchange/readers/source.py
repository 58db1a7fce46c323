"""What every reader offers: images one after the other, none decoded before it is asked for.

Knows nothing of limits on pictures, of projects or tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.interchange.verdicts import Refused, Verdict

#: A file's bytes, pixels as `uint8` (h, w) or (h, w, c), or a decoded image.
Content = bytes | NDArray[np.uint8] | Image.Image


class Split(StrEnum):
    """For what the source itself sets an image apart."""

    TRAIN = "train"
    TEST = "test"


@dataclass(frozen=True)
class SourceImage:
    """One image of a source. `read` decodes nothing that is not asked for, and may raise
    `Refused`.
    """

    name: str
    read: Callable[[], Content]
    label: str | None = None
    split: Split = Split.TRAIN

    @property
    def lasting_name(self) -> str:
        """Name the image without the folder that says its label, which must not be stored."""
        return self.name if self.label is None else self.name.rsplit("/", 1)[-1]


class Source(Protocol):
    """Where an import reads from; may be gone through more than once, in the same order."""

    @property
    def labels(self) -> Sequence[str]:
        """Every label that occurs, sorted."""

    @property
    def count(self) -> int | None:
        """How many images there are, if that is known before reading them."""

    def __iter__(self) -> Iterator[SourceImage]:
        """Go through the images."""


def refused(name: str, verdict: Verdict, detail: str = "") -> SourceImage:
    """Stand for a file that is refused before it is read."""

    def read() -> Content:
        raise Refused(verdict, detail)

    return SourceImage(name, read)
