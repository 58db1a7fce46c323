"""The state of a stream survives JSON, or says that it is damaged."""

from __future__ import annotations

import json
import math

import pytest

from models.streams.states import Reason, StateDamaged, StreamState, Verdict


def test_a_state_survives_json_exactly() -> None:
    state = StreamState(7, 2, 1.9702, 0.1 + 0.2, (math.inf, 1 / 3, 2.0))
    assert StreamState.from_facts(json.loads(json.dumps(state.to_facts()))) == state


def test_nothing_at_all_is_the_beginning() -> None:
    assert StreamState.from_facts({}) == StreamState()


@pytest.mark.parametrize(
    "facts",
    [
        {"arrived": 1},
        {**StreamState().to_facts(), "threshold": "high"},
        {**StreamState().to_facts(), "nearest": 3},
        {**StreamState().to_facts(), "lately": None},
    ],
)
def test_a_damaged_state_is_refused_in_a_sentence(facts: dict[str, object]) -> None:
    with pytest.raises(StateDamaged, match="start the stream anew"):
        StreamState.from_facts(facts)


def test_arrivals_and_questions_are_counted() -> None:
    state = StreamState()
    for asked in (True, False, True):
        state = state.after(Verdict(asked, Reason.LOT if asked else Reason.CERTAIN, 0.5))
    assert (state.arrived, state.asked) == (3, 2)
