"""Simulated people of an experiment: they answer, refuse, are made to answer, or err.

Real images of the pool get their true label. Knows nothing of strategies or rounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.interfaces import Images
from models.simulation import Oracle, marks

#: Of the most ambiguous tenth of images people name this share wrongly, and of the others that
#: (CIFAR-10H, Peterson et al. 2019: 28 % and 4.8 % overall).
ERRORS_ON_AMBIGUOUS = 0.28
ERRORS_ELSEWHERE = (0.048 - 0.1 * ERRORS_ON_AMBIGUOUS) / 0.9
AMBIGUOUS_SHARE = 0.1
#: Least chance at which bold people name an image.
BOLD = 0.6
#: Pool images that tell where the most ambiguous tenth begins.
LOOKED_AT = 4000


@dataclass(frozen=True)
class People:
    """Answer images with class indices of the task, or None for *unrecognizable*."""

    oracle: Oracle
    task: Sequence[str]
    forced: bool = False
    #: Images named with a smaller chance than this are ambiguous; None for people who never err.
    ambiguous_below: float | None = None

    def bold(self) -> People:
        """Return people who name what they are 60 % sure of."""
        return replace(self, oracle=replace(self.oracle, threshold=BOLD))

    def answer(self, images: Images, *, rng: np.random.Generator) -> list[int | None]:
        """Answer images (n, c, h, w)."""
        if len(images) == 0:
            return []
        ask = self.oracle.forced if self.forced else self.oracle.answer
        names = ask(images, task=self.task)
        told = [None if name is None else self.task.index(name) for name in names]
        return told if self.ambiguous_below is None else self._with_errors(images, told, rng)

    def mark(
        self, frames: Images, sides: tuple[int, int], *, rng: np.random.Generator
    ) -> tuple[int, int] | None:
        """Mark on a walk's frames (f, c, h, w) the last of its first class and the first of its
        second one; None where either end is not seen as its class.
        """
        return marks(self.answer(frames, rng=rng), sides)

    def _with_errors(
        self, images: Images, told: list[int | None], rng: np.random.Generator
    ) -> list[int | None]:
        ambiguous = self.oracle.chances(images).max(axis=1) < (self.ambiguous_below or 0)
        rates = np.where(ambiguous, ERRORS_ON_AMBIGUOUS, ERRORS_ELSEWHERE)
        errs = rng.random(len(images)) < rates
        shifts = rng.integers(1, len(self.task), len(images))
        return [
            (place + int(shift)) % len(self.task) if err and place is not None else place
            for place, err, shift in zip(told, errs, shifts, strict=True)
        ]


def people(
    oracle: Oracle, task: Sequence[str], pool: Images, *, forced: bool, noisy: bool
) -> People:
    """Ask people about images like those of the pool (p, c, h, w)."""
    if not noisy:
        return People(oracle, task, forced)
    some = pool[np.linspace(0, len(pool) - 1, min(len(pool), LOOKED_AT)).astype(np.int64)]
    sure = oracle.chances(some).max(axis=1)
    return People(oracle, task, forced, float(np.quantile(sure, AMBIGUOUS_SHARE)))
