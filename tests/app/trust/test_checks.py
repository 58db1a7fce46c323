from __future__ import annotations

import pytest

from app.trust.checks import easy_share, interleave, owed


@pytest.mark.parametrize(
    ("answered", "posed", "rate", "count"),
    [
        (0, 0, 0.0, 0),
        (100, 0, 0.0, 0),
        (0, 0, 0.1, 0),
        (1, 0, 0.1, 1),
        (1, 1, 0.1, 0),
        (100, 11, 0.1, 1),
        (100, 12, 0.1, 0),
        # Whoever was never checked is not flooded.
        (1000, 0, 0.5, 3),
        (0, 20, 0.1, 0),
    ],
)
def test_checks_come_to_the_rate(answered: int, posed: int, rate: float, count: int) -> None:
    assert owed(answered=answered, posed=posed, rate=rate) == count


@pytest.mark.parametrize("rate", [0.05, 0.1, 0.3, 0.5])
def test_over_a_long_day_the_rate_is_met(rate: float) -> None:
    answered = posed = 0
    while answered + posed < 2000:
        posed += owed(answered=answered, posed=posed, rate=rate)
        answered += 1
    assert posed / (answered + posed) == pytest.approx(rate, abs=0.01)


def test_one_in_three_is_the_easiest_that_waits() -> None:
    hardest_first = [(id_, -float(id_)) for id_ in range(1, 8)]
    moved = interleave(hardest_first, 3)
    order = sorted(moved, key=lambda id_: -moved[id_])
    assert order == [1, 2, 7, 3, 4, 6, 5]
    assert sorted(moved.values()) == sorted(priority for _, priority in hardest_first)


@pytest.mark.parametrize("every", [0, 1])
def test_without_easy_ones_the_hardest_come_first(every: int) -> None:
    hardest_first = [(9, 3.0), (4, 2.0), (7, 1.0)]
    assert interleave(hardest_first, every) == dict(hardest_first)


@pytest.mark.parametrize(
    ("rate", "people", "overlap", "share"),
    [(0.2, 2, 1, 0.2), (0.2, 6, 1, 0.05), (0.2, 3, 3, 0.0), (0.2, 1, 1, 0.0), (0.0, 5, 1, 0.0)],
)
def test_the_more_people_each_easy_image_can_check_the_fewer_are_asked(
    rate: float, people: int, overlap: int, share: float
) -> None:
    assert easy_share(rate, people=people, overlap=overlap) == pytest.approx(share)
