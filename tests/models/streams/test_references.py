"""Our stream strategies beside those of scikit-activeml, image by image.

The library keeps its state inside objects and draws from a generator of its own; ours is handed
both. So the library's lots are replaced by ours, and then every verdict must be the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from skactiveml.stream import StreamDensityBasedAL
from skactiveml.stream.budgetmanager import (
    DensityBasedSplitBudgetManager,
    FixedUncertaintyBudgetManager,
    SplitBudgetManager,
    VariableUncertaintyBudgetManager,
)

from models.streams.states import StreamState, lots
from tests.models.test_streams_contract import arrivals, stream

SEED = 5
SHARE = 0.15


class OurLots(np.random.RandomState):
    """Draws what our strategies draw for the arrival that is being judged."""

    def at(self, place: int) -> None:
        source = lots(StreamState(arrived=place), seed=SEED)
        self._uniform = list(lots(StreamState(arrived=place), seed=SEED).random(2))
        self._normal = float(source.normal(1, 1))
        self._drawn = 0

    def __deepcopy__(self, memo: Any) -> OurLots:
        return self

    def get_state(self, legacy: bool = True) -> Any:
        return self._drawn

    def set_state(self, state: Any) -> None:
        self._drawn = state

    def random_sample(self, size: Any = None) -> Any:
        if size is not None:
            return np.zeros(size)
        self._drawn += 1
        return self._uniform[self._drawn - 1]

    def normal(self, loc: Any = 0.0, scale: Any = 1.0, size: Any = None) -> Any:
        return self._normal


def ours(name: str) -> list[bool]:
    strategy, state, asked = stream(name, share=SHARE), StreamState(), []
    for arrival in arrivals():
        verdict, state = strategy.judge(arrival, state, seed=SEED)
        asked.append(verdict.asked)
    return asked


def theirs(manager: Any, draws: OurLots) -> Iterator[bool]:
    for place, arrival in enumerate(arrivals()):
        draws.at(place)
        utility = np.array([1 - float(arrival.chances.max())])
        chosen = manager.query_by_utility(utility)
        draws.at(place)
        manager.update([arrival.vector], chosen)
        yield len(chosen) > 0


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("fixed_uncertainty", lambda _: FixedUncertaintyBudgetManager([0, 1], budget=SHARE)),
        ("variable_uncertainty", lambda _: VariableUncertaintyBudgetManager(budget=SHARE)),
        ("split", lambda draws: SplitBudgetManager(random_state=draws, budget=SHARE)),
    ],
)
def test_every_verdict_is_that_of_scikit_activeml(name: str, make: Callable[[Any], Any]) -> None:
    draws = OurLots()
    found = ours(name)
    assert found == list(theirs(make(draws), draws))
    assert 10 < sum(found) < 100


class Chances:
    """Stands for a classifier of scikit-activeml that knows the answer."""

    def __init__(self) -> None:
        self.now: Any = None

    def predict_proba(self, _: Any) -> Any:
        return self.now[None]


def test_every_verdict_by_density_is_that_of_scikit_activeml(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draws, knowing = OurLots(), Chances()
    manager = DensityBasedSplitBudgetManager(random_state=draws, budget=SHARE)
    library = StreamDensityBasedAL(budget_manager=manager, budget=SHARE, window_size=100)
    monkeypatch.setattr(StreamDensityBasedAL, "_validate_clf", lambda self, clf, *rest: clf)
    found = []
    for place, arrival in enumerate(arrivals()):
        knowing.now = arrival.chances.astype(np.float64)
        candidate = arrival.vector[None].astype(np.float64)
        if place:
            library.budget_manager_.random_state_.at(place)
        else:
            draws.at(0)
        chosen = library.query(candidate, clf=knowing)
        library.update(candidate, chosen)
        found.append(len(chosen) > 0)
    assert ours("stream_density") == found
    assert 10 < sum(found) < 100
