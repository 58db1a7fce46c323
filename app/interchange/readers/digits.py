"""scikit-learn's bundled handwritten digits: 1,797 of 8x8 pixels, for the demo project."""

from __future__ import annotations

import numpy as np
from sklearn.datasets import load_digits

from app.interchange.readers.arrays import ArraySource, Part


def digits_source() -> ArraySource:
    """Read the digits; their 17 gray levels 0 to 16 become 0 to 255."""
    images, labels = load_digits().images, load_digits().target
    return ArraySource([Part("digits", np.round(images * (255 / 16)).astype(np.uint8), labels)])
