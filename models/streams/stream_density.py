"""Density of the stream (Ienco, Zliobaite and Pfahringer 2014): uncertain images in crowded places.

An image lies in a crowded place when it is nearer to a recent arrival than anything before it was.
What arrives alone is let go however uncertain it is: it may be a stray.
"""

from __future__ import annotations

import numpy as np

from models.neighbors import distances
from models.parts.stream_strategies import DensityOptions
from models.streams.states import Arrival, Reason, StreamState, Verdict, judged, lots, moved


class StreamDensity:
    """Compares arrivals with the last ones; implements `StreamStrategy`."""

    def __init__(self, options: DensityOptions) -> None:
        self._options = options

    @property
    def recent(self) -> int:
        """How many of the last arrivals it looks at."""
        return self._options.window

    def judge(
        self, arrival: Arrival, state: StreamState, *, seed: int
    ) -> tuple[Verdict, StreamState]:
        """Ask in crowded places while the gap between the two likeliest classes is below a moving
        threshold times a lot drawn from N(1, 1), and fewer than the share were asked.
        """
        options, threshold = self._options, state.threshold
        second, first = np.partition(arrival.chances, -2)[-2:]
        gap = float(first - second)
        crowded, nearest = self._arrived(arrival, state.nearest)
        if state.asked / (state.arrived + 1) >= options.share:
            verdict = Verdict(False, Reason.SHARE_SPENT, gap)
        elif not crowded:
            verdict = Verdict(False, Reason.SPARSE, gap)
            threshold = moved(threshold, verdict, step=options.step)
        else:
            verdict = judged(gap, threshold * float(lots(state, seed=seed).normal(1, 1)))
            threshold = moved(threshold, verdict, step=options.step)
        return verdict, state.after(verdict, threshold=threshold, nearest=nearest)

    def _arrived(
        self, arrival: Arrival, nearest: tuple[float, ...]
    ) -> tuple[bool, tuple[float, ...]]:
        """Say whether it is anybody's new nearest neighbor, and update everybody's distance."""
        known = min(len(arrival.recent), len(nearest), self._options.window)
        if known == 0:
            return False, (np.inf,)
        apart = distances(arrival.vector[None], arrival.recent[-known:])[0]
        before = np.array(nearest[-known:])
        closest = [*np.minimum(apart, before).tolist(), float(apart.min())]
        return bool((apart < before).any()), tuple(closest[-self._options.window :])


def build(options: DensityOptions) -> StreamDensity:
    """Build the strategy."""
    return StreamDensity(options)
