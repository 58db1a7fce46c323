"""Variable uncertainty (Zliobaite et al. 2014, algorithm 3): the threshold follows the stream."""

from __future__ import annotations

from models.parts.stream_strategies import VariableUncertaintyOptions
from models.streams.states import Arrival, Reason, StreamState, Verdict, faded, judged, moved


class VariableUncertainty:
    """Moves its threshold with every verdict; implements `StreamStrategy`."""

    recent = 0

    def __init__(self, options: VariableUncertaintyOptions) -> None:
        self._options = options

    def judge(
        self, arrival: Arrival, state: StreamState, *, seed: int
    ) -> tuple[Verdict, StreamState]:
        """Ask while the share lasts and the likeliest class's chance is below the threshold.

        The seed changes nothing.
        """
        del seed
        window, threshold = self._options.lately, state.threshold
        certainty = float(arrival.chances.max())
        if state.lately / window >= self._options.share:
            verdict = Verdict(False, Reason.SHARE_SPENT, certainty)
        else:
            verdict = judged(certainty, threshold)
            threshold = moved(threshold, verdict, step=self._options.step)
        lately = faded(state.lately, verdict, window=window)
        return verdict, state.after(verdict, lately=lately, threshold=threshold)


def build(options: VariableUncertaintyOptions) -> VariableUncertainty:
    """Build the strategy."""
    return VariableUncertainty(options)
