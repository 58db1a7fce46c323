"""What stream strategies share: an arrival, the state between two of them, and a verdict.

A strategy is a pure function from arrival and state to verdict and state. The state is plain JSON,
so that whoever judges may die between two images and another goes on. Knows nothing of images, of
where the state is kept, or of who is asked.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol

import numpy as np

from models.interfaces import ModelError, Vectors


class StateDamaged(ModelError):
    """The state of a stream cannot be read; start the stream anew."""


class Reason(StrEnum):
    """Why an image is asked or let go."""

    #: Asked: the learner is less certain than the threshold.
    UNCERTAIN = "uncertain"
    #: Asked: the lot fell on it.
    LOT = "lot"
    #: Let go: the learner is certain enough.
    CERTAIN = "certain"
    #: Let go: the share of the stream that may be asked is used up for now.
    SHARE_SPENT = "share_spent"
    #: Let go: the lot fell on another.
    NO_LOT = "no_lot"
    #: Let go: nothing like it has arrived lately.
    SPARSE = "sparse"


@dataclass(frozen=True)
class Arrival:
    """An image as the learner sees it: chances (k,) of the classes, its vector (d,), and the
    vectors (w, d) of the images that arrived last before it, oldest first.
    """

    chances: Vectors
    vector: Vectors
    recent: Vectors


@dataclass(frozen=True)
class StreamState:
    """What a strategy remembers of the stream so far."""

    #: Images judged, and asked.
    arrived: int = 0
    asked: int = 0
    #: Images asked lately, older ones counting less.
    lately: float = 0.0
    #: Certainty below which an image is asked; moved by the strategies that do so.
    threshold: float = 1.0
    #: Of each recent arrival, the distance to its nearest neighbor when or after it arrived.
    nearest: tuple[float, ...] = ()

    def to_facts(self) -> dict[str, Any]:
        """Return plain JSON; what is infinite (no neighbor yet) becomes null."""
        nearest = [each if math.isfinite(each) else None for each in self.nearest]
        return {
            "arrived": self.arrived,
            "asked": self.asked,
            "lately": self.lately,
            "threshold": self.threshold,
            "nearest": nearest,
        }

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> StreamState:
        """Read what `to_facts` wrote; nothing at all is the beginning of a stream.

        Raises `StateDamaged`.
        """
        if not facts:
            return cls()
        try:
            nearest = tuple(math.inf if each is None else float(each) for each in facts["nearest"])
            return cls(
                arrived=int(facts["arrived"]),
                asked=int(facts["asked"]),
                lately=float(facts["lately"]),
                threshold=float(facts["threshold"]),
                nearest=nearest,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise StateDamaged(
                "The state of this stream cannot be read; start the stream anew."
            ) from error

    def after(self, verdict: Verdict, **changes: Any) -> StreamState:
        """Count one more arrival."""
        asked = self.asked + verdict.asked
        return replace(self, arrived=self.arrived + 1, asked=asked, **changes)


@dataclass(frozen=True)
class Verdict:
    """Whether an image is asked, why, how certain the learner is, and below what it would be asked
    (NaN where no threshold was looked at).
    """

    asked: bool
    reason: Reason
    certainty: float
    threshold: float = math.nan


class StreamStrategy(Protocol):
    """Decides about images that arrive one by one."""

    @property
    def recent(self) -> int:
        """How many of the last arrivals it looks at."""

    def judge(
        self, arrival: Arrival, state: StreamState, *, seed: int
    ) -> tuple[Verdict, StreamState]:
        """Ask or let go, and return the state for the next arrival. The same arrival, state and
        seed give the same verdict.
        """


def judged(certainty: float, threshold: float) -> Verdict:
    """Ask where the certainty is below the threshold."""
    if certainty < threshold:
        return Verdict(True, Reason.UNCERTAIN, certainty, threshold)
    return Verdict(False, Reason.CERTAIN, certainty, threshold)


def moved(threshold: float, verdict: Verdict, *, step: float) -> float:
    """Lower the threshold after an image was asked, raise it after one was let go."""
    return threshold * (1 - step if verdict.asked else 1 + step)


def faded(lately: float, verdict: Verdict, *, window: int) -> float:
    """Estimate how many of the last `window` images were asked (Zliobaite et al. 2014, eq. 4)."""
    return lately * ((window - 1) / window) + verdict.asked


def lots(state: StreamState, *, seed: int) -> np.random.Generator:
    """Return what an arrival draws lots from: by its place in the stream, whoever judges it."""
    return np.random.default_rng([seed, state.arrived])
