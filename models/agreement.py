"""How far annotators agree beyond chance: Cohen's and Fleiss' kappa, Krippendorff's alpha.

Nominal answers alone: every disagreement is as large as any other. Tables are (units, people) of
answer numbers, NaN where somebody did not answer. Knows nothing of models, people or storage.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

#: (units, people), answer numbers as floats; NaN where there is no answer.
Table = NDArray[np.float64]


def cohen(first: NDArray[np.float64], second: NDArray[np.float64]) -> float | None:
    """Return Cohen's kappa (1960) of two people, (n,) each; None where nothing can be said."""
    both = ~np.isnan(first) & ~np.isnan(second)
    if not both.any():
        return None
    a, b = first[both], second[both]
    answers = np.unique(np.concatenate([a, b]))
    by_chance = sum(float((a == each).mean() * (b == each).mean()) for each in answers)
    return _beyond_chance(float((a == b).mean()), by_chance)


def mean_cohen(table: Table) -> float | None:
    """Return the mean of Cohen's kappa over all pairs of people, weighted by what they share.

    Pairs of whom nothing can be said do not count; None without any.
    """
    found = []
    for i, j in combinations(range(table.shape[1]), 2):
        kappa = cohen(table[:, i], table[:, j])
        if kappa is not None:
            shared = int((~np.isnan(table[:, i]) & ~np.isnan(table[:, j])).sum())
            found.append((kappa, shared))
    if not found:
        return None
    kappas, weights = zip(*found, strict=True)
    return float(np.average(kappas, weights=weights))


def fleiss(table: Table) -> float | None:
    """Return Fleiss' kappa (1971); None where nothing can be said.

    It asks for the same number of answers to every unit: units with another number than the most
    frequent one above 1 are left out.
    """
    counts = _counts(table)
    per_unit = counts.sum(axis=1)
    several = per_unit[per_unit > 1]
    if not len(several):
        return None
    raters = int(np.bincount(several.astype(int)).argmax())
    counts = counts[per_unit == raters]
    shares = counts.sum(axis=0) / counts.sum()
    within = (counts * (counts - 1)).sum(axis=1) / (raters * (raters - 1))
    return _beyond_chance(float(within.mean()), float((shares**2).sum()))


def alpha(table: Table) -> float | None:
    """Return Krippendorff's alpha for nominal answers (2011); None where nothing can be said.

    Units with fewer than two answers are left out; any number of answers may be missing.
    """
    counts = _counts(table)
    counts = counts[counts.sum(axis=1) > 1]
    if not len(counts):
        return None
    per_unit = counts.sum(axis=1, keepdims=True)
    totals = counts.sum(axis=0)
    whole = totals.sum()
    # Coincidences off the diagonal: pairs within a unit that differ.
    pairs_equal = (counts * (counts - 1) / (per_unit - 1)).sum()
    observed = 1 - pairs_equal / whole
    expected = 1 - (totals * (totals - 1)).sum() / (whole * (whole - 1))
    return None if expected <= 0 else float(1 - observed / expected)


def _counts(table: Table) -> NDArray[np.float64]:
    """Count each answer in each unit, (units, answers)."""
    counts = np.zeros((len(table), 0))
    for answer in np.unique(table[~np.isnan(table)]):
        counts = np.column_stack([counts, (table == answer).sum(axis=1)])
    return counts


def _beyond_chance(observed: float, by_chance: float) -> float | None:
    return None if by_chance >= 1 else (observed - by_chance) / (1 - by_chance)
