"""Split (Zliobaite et al. 2014, algorithm 4): part of the stream by lot, the rest by uncertainty.

What is asked by lot comes from everywhere, so changes far from the boundary are noticed too.
"""

from __future__ import annotations

from models.parts.stream_strategies import SplitOptions
from models.streams.states import Arrival, Reason, StreamState, Verdict, faded, judged, lots, moved


class Split:
    """Draws lots or looks at a moving threshold; implements `StreamStrategy`."""

    recent = 0

    def __init__(self, options: SplitOptions) -> None:
        self._options = options

    def judge(
        self, arrival: Arrival, state: StreamState, *, seed: int
    ) -> tuple[Verdict, StreamState]:
        """Ask by lot with probability `share`, or while the certainty is below the threshold."""
        options, threshold = self._options, state.threshold
        certainty = float(arrival.chances.max())
        by_lot, lot = lots(state, seed=seed).random(2)
        if state.lately / options.lately >= options.share:
            verdict = Verdict(False, Reason.SHARE_SPENT, certainty)
        elif by_lot < options.random:
            drawn = bool(lot <= options.share)
            verdict = Verdict(drawn, Reason.LOT if drawn else Reason.NO_LOT, certainty)
        else:
            verdict = judged(certainty, threshold)
            threshold = moved(threshold, verdict, step=options.step)
        lately = faded(state.lately, verdict, window=options.lately)
        return verdict, state.after(verdict, lately=lately, threshold=threshold)


def build(options: SplitOptions) -> Split:
    """Build the strategy."""
    return Split(options)
