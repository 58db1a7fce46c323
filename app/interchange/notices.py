"""What a person should know about an import that went well. Pure text."""

from __future__ import annotations

from collections.abc import Sequence

#: Below this, features and generators have little to learn from.
FEW = 100


def small_pool(count: int) -> str:
    """Warn of a pool from which little can be learned."""
    if count >= FEW:
        return ""
    images = "1 image" if count == 1 else f"{count} images"
    return (
        f"The pool has only {images}. Labeling works, but the machine learns little from so few:"
        " import more, some hundreds at least."
    )


def one_class(names: Sequence[str]) -> str:
    """Warn where all labeled images are of one class."""
    if len(names) != 1:
        return ""
    return (
        f"All labeled images are of the class {names[0]}. The learner needs images of at least two:"
        " import the others too."
    )


def labels_dropped(count: int) -> str:
    """Say that labels of pool images are not stored."""
    if not count:
        return ""
    return f"{count:,} labeled images went to the pool; their labels are not stored anywhere."


def gold(count: int) -> str:
    """Say how many images will check annotators, and what they are kept from."""
    if not count:
        return ""
    return (
        f"{count:,} labeled images became gold: people are asked about them at the rate of the"
        " settings, and the learner never sees them."
    )


def no_holdout(*, measured: bool) -> str:
    """Warn where nothing measures accuracy."""
    if measured:
        return ""
    return (
        "There is no holdout, so accuracy cannot be measured. Import labeled images with a"
        " holdout to see the learning curve."
    )
