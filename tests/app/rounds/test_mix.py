"""How slots are shared out."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from app.projects.settings import Mix, ProjectSettings
from app.rounds.mix import Slots, slots
from app.words import Source

shares = st.floats(0.01, 1)


def planned(mix: Mix, count: int, number: int) -> Slots:
    settings = ProjectSettings(mix=mix)
    return slots(settings, count, round_number=number, has_learner=True, has_generator=True)


def test_everything_is_cold_start_before_there_is_a_learner() -> None:
    found = slots(ProjectSettings(), 10, round_number=1, has_learner=False, has_generator=True)
    assert found.planned == {Source.COLD_START: 10}
    assert found.why


def test_the_default_mix_fills_a_batch_of_ten() -> None:
    assert planned(Mix(), 10, 2).planned == {
        Source.SYNTHESIZED: 4,
        Source.POOL: 5,
        Source.EXPLORE: 1,
    }


def test_the_pool_takes_the_slots_of_a_generator_that_is_not_there() -> None:
    found = slots(ProjectSettings(), 10, round_number=2, has_learner=True, has_generator=False)
    assert found.planned == {Source.POOL: 9, Source.EXPLORE: 1}
    assert "generator" in found.why


@given(shares, shares, shares, st.integers(1, 30))
def test_every_slot_is_given_away_exactly_once(
    synthesized: float, pool: float, explore: float, count: int
) -> None:
    mix = Mix(synthesized=synthesized, pool=pool, explore=explore)
    for number in range(1, 8):
        found = planned(mix, count, number).planned
        assert sum(found.values()) == count
        assert all(slots > 0 for slots in found.values())


def test_small_shares_get_their_slots_over_the_rounds() -> None:
    mix = Mix(synthesized=0.0, pool=0.9, explore=0.1)
    total: Counter[Source] = Counter()
    for number in range(1, 11):
        total.update(planned(mix, 3, number).planned)
    assert total == {Source.POOL: 27, Source.EXPLORE: 3}


def test_what_people_refuse_gives_its_slots_to_the_pool() -> None:
    found = slots(
        ProjectSettings(),
        100,
        round_number=2,
        has_learner=True,
        has_generator=True,
        refused=[True] * 20,
    )
    assert found.planned == {Source.SYNTHESIZED: 5, Source.POOL: 85, Source.EXPLORE: 10}
    assert "refused 20 of the last 20" in found.why


def test_each_sixth_round_is_random_where_the_paper_s_schedule_is_set() -> None:
    settings = ProjectSettings(random_round_every=6)
    found = {
        number: slots(settings, 10, round_number=number, has_learner=True, has_generator=True)
        for number in range(2, 14)
    }
    explored = {n: each for n, each in found.items() if each.planned == {Source.EXPLORE: 10}}
    assert list(explored) == [6, 12]
    assert all("random" in each.why for each in explored.values())
