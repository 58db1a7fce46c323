"""scikit-learn's bundled handwritten digits: 1,797 of 8x8 pixels, for the demo project.

Only opening them brings scikit-learn in.
"""

from __future__ import annotations

import importlib

import numpy as np

from app.interchange.readers.arrays import ArraySource, Part


def digits_source() -> ArraySource:
    """Read the digits; their 17 gray levels 0 to 16 become 0 to 255."""
    found = importlib.import_module("sklearn.datasets").load_digits()
    images = np.round(found.images * (255 / 16)).astype(np.uint8)
    return ArraySource([Part("digits", images, found.target)])
