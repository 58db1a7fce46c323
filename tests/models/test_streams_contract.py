"""What holds for every stream strategy in the catalogue."""

from __future__ import annotations

import json
import math
from functools import lru_cache

import numpy as np
import pytest

from models import catalog
from models.parts.declaring import Kind
from models.streams.states import Arrival, Reason, StreamState, StreamStrategy, Verdict

NAMES = [each.name for each in catalog.entries(Kind.STREAM)]
EVERY = pytest.mark.parametrize("name", NAMES)
ASKING = {Reason.UNCERTAIN, Reason.LOT}


def stream(name: str, **options: float) -> StreamStrategy:
    built: StreamStrategy = catalog.module(Kind.STREAM, name).build(
        catalog.read_options(Kind.STREAM, name, options)
    )
    return built


@lru_cache
def arrivals(count: int = 300, classes: int = 2, seed: int = 0) -> list[Arrival]:
    """Draw chances that are often near certain, and vectors in a few clouds."""
    rng = np.random.default_rng(seed)
    chances = rng.dirichlet(np.full(classes, 0.5), count).astype(np.float32)
    middles = 5 * rng.standard_normal((4, 3))
    vectors = (middles[rng.integers(0, 4, count)] + rng.standard_normal((count, 3))).astype("f4")
    return [Arrival(chances[i], vectors[i], vectors[max(0, i - 100) : i]) for i in range(count)]


def run(name: str, seed: int = 3, **options: float) -> list[Verdict]:
    strategy, state, verdicts = stream(name, **options), StreamState(), []
    for arrival in arrivals():
        verdict, state = strategy.judge(arrival, state, seed=seed)
        verdicts.append(verdict)
    return verdicts


@EVERY
@pytest.mark.parametrize("share", [0.0, 0.05, 0.2])
def test_no_more_is_asked_than_the_share_allows(name: str, share: float) -> None:
    asked = sum(each.asked for each in run(name, share=share))
    # The estimate of Zliobaite et al. lags by as many images as it looks back.
    assert asked <= share * 300 + share * 100 + 1
    assert share == 0 or asked > 0


@EVERY
def test_every_verdict_says_why_and_how_certain_the_learner_was(name: str) -> None:
    for verdict in run(name):
        assert verdict.asked is (verdict.reason in ASKING)
        assert 0 <= verdict.certainty <= 1
        if verdict.reason is Reason.UNCERTAIN:
            assert verdict.certainty < verdict.threshold
        if verdict.reason is Reason.CERTAIN:
            assert verdict.certainty >= verdict.threshold


@EVERY
def test_the_judge_may_die_after_every_image(name: str) -> None:
    verdicts, state = [], StreamState()
    for arrival in arrivals():
        kept = json.loads(json.dumps(state.to_facts(), allow_nan=False))
        verdict, state = stream(name).judge(arrival, StreamState.from_facts(kept), seed=3)
        verdicts.append((verdict.asked, verdict.reason))
    assert verdicts == [(each.asked, each.reason) for each in run(name)]
    assert state.arrived == 300
    assert state.asked == sum(asked for asked, _ in verdicts)


@EVERY
def test_no_more_of_the_past_is_looked_at_than_told(name: str) -> None:
    strategy, whole, cut = stream(name), StreamState(), StreamState()
    for arrival in arrivals():
        recent = arrival.recent[len(arrival.recent) - strategy.recent :]
        if strategy.recent >= len(arrival.recent):
            recent = arrival.recent
        short = Arrival(arrival.chances, arrival.vector, recent)
        first, whole = strategy.judge(arrival, whole, seed=1)
        second, cut = strategy.judge(short, cut, seed=1)
        assert first.reason is second.reason


@EVERY
@pytest.mark.parametrize("classes", [2, 10])
def test_the_first_image_of_a_stream_gets_a_verdict(name: str, classes: int) -> None:
    first = arrivals(1, classes)[0]
    verdict, state = stream(name).judge(first, StreamState(), seed=0)
    assert isinstance(verdict, Verdict)
    assert state.arrived == 1


def test_only_lots_depend_on_the_seed() -> None:
    def changed(name: str) -> bool:
        reasons = [[each.reason for each in run(name, seed=seed)] for seed in (1, 2)]
        return reasons[0] != reasons[1]

    assert {name for name in NAMES if changed(name)} == {"split", "stream_density"}


def test_a_threshold_that_nobody_looked_at_is_not_a_number() -> None:
    assert all(math.isnan(each.threshold) for each in run("fixed_uncertainty", share=0.0))
