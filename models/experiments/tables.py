"""What runs say together: means with confidence intervals, and paired differences.

Rows go in, numbers come out. Knows nothing of files or pictures.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A mean over runs with its confidence interval; of one run there is no interval."""

    mean: float
    low: float
    high: float
    runs: int

    def __str__(self) -> str:
        """Write percent as `97.2 ± 0.4`, and a dash for nothing."""
        if math.isnan(self.mean):
            return "–"
        spread = (self.high - self.low) / 2
        return f"{self.mean:.2f}" if math.isnan(spread) else f"{self.mean:.2f} ± {spread:.2f}"


def estimate(values: Sequence[float]) -> Estimate:
    """Estimate the mean of runs by Student's t at 95 %."""
    known = np.array([value for value in values if not math.isnan(value)])
    if len(known) == 0:
        return Estimate(math.nan, math.nan, math.nan, 0)
    mean = float(known.mean())
    if len(known) == 1:
        return Estimate(mean, math.nan, math.nan, 1)
    error = float(known.std(ddof=1)) / len(known) ** 0.5
    reach = float(stats.t.ppf((1 + CONFIDENCE) / 2, len(known) - 1)) * error
    return Estimate(mean, mean - reach, mean + reach, len(known))


def paired(ours: Sequence[float], theirs: Sequence[float]) -> Estimate:
    """Estimate how much more ours is than theirs, run by run: both in the order of the seeds."""
    return estimate([one - other for one, other in zip(ours, theirs, strict=True)])
