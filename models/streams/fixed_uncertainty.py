"""Fixed uncertainty (Zliobaite et al. 2014): asks below a threshold that never moves."""

from __future__ import annotations

from models.parts.stream_strategies import FixedUncertaintyOptions
from models.streams.states import Arrival, Reason, StreamState, Verdict, faded, judged


class FixedUncertainty:
    """Compares the likeliest class's chance with a threshold; implements `StreamStrategy`."""

    recent = 0

    def __init__(self, options: FixedUncertaintyOptions) -> None:
        self._options = options

    def judge(
        self, arrival: Arrival, state: StreamState, *, seed: int
    ) -> tuple[Verdict, StreamState]:
        """Ask below 1/k + share (1 - 1/k), which would spend the share if chances were even.

        The seed changes nothing.
        """
        del seed
        share, window = self._options.share, self._options.lately
        certainty = float(arrival.chances.max())
        if state.lately / window >= share:
            verdict = Verdict(False, Reason.SHARE_SPENT, certainty)
        else:
            even = 1 / len(arrival.chances)
            verdict = judged(certainty, even + share * (1 - even))
        return verdict, state.after(verdict, lately=faded(state.lately, verdict, window=window))


def build(options: FixedUncertaintyOptions) -> FixedUncertainty:
    """Build the strategy."""
    return FixedUncertainty(options)
