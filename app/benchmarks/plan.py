"""What a run of the benchmarks is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

#: Takes one line about how far a measurement is.
Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What is measured, and on which data besides scikit-learn's digits."""

    names: tuple[str, ...] = ()
    #: A file of labeled images as in `cusp import`, such as `mnist.npz`; empty for none.
    data: str = ""
