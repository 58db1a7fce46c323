"""Simulated people: they see real and made images alike, refuse, must answer, or err."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from models.experiments.people import ERRORS_ELSEWHERE, ERRORS_ON_AMBIGUOUS, People, people
from tests.models.experiments import small_grounds
from tests.models.experiments.small_grounds import POOL, TASK

pytestmark = pytest.mark.slow


@lru_cache
def careful() -> People:
    return small_grounds.ground().people


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def noise(count: int = 200) -> np.ndarray:
    return rng().integers(0, 256, (count, *POOL.images.shape[1:])).astype(np.uint8)


def test_real_images_get_their_true_label() -> None:
    assert careful().answer(POOL.images, rng=rng()) == POOL.classes.tolist()


def test_the_oracle_gives_real_images_the_same_chances_through_the_query_path() -> None:
    directly = careful().oracle.chances(POOL.images)
    one_by_one = [careful().oracle.chances(POOL.images[i : i + 1])[0] for i in range(20)]
    np.testing.assert_allclose(directly[:20], one_by_one, atol=1e-5)


def test_who_must_answer_never_refuses() -> None:
    forced = replace(careful(), forced=True)
    assert None not in forced.answer(noise(), rng=rng())
    assert None in careful().answer(noise(), rng=rng())


def test_people_err_as_often_as_was_measured_of_people() -> None:
    erring = people(careful().oracle, TASK, POOL.images, forced=False, noisy=True)
    told = [erring.answer(POOL.images, rng=rng(seed)) for seed in range(60)]
    wrong = np.mean([np.array(each) != POOL.classes for each in told])
    assert abs(wrong - 0.048) < 0.01


def test_most_errors_fall_on_ambiguous_images() -> None:
    erring = people(careful().oracle, TASK, POOL.images, forced=False, noisy=True)
    sure = careful().oracle.chances(POOL.images).max(axis=1)
    told = [erring.answer(POOL.images, rng=rng(seed)) for seed in range(60)]
    wrong = np.mean([np.array(each) != POOL.classes for each in told], axis=0)
    ambiguous = sure < (erring.ambiguous_below or 0)
    assert 0.05 < ambiguous.mean() < 0.15
    assert abs(wrong[ambiguous].mean() - ERRORS_ON_AMBIGUOUS) < 0.06
    assert abs(wrong[~ambiguous].mean() - ERRORS_ELSEWHERE) < 0.01


class _Told(People):
    """Says what it was told to say."""

    told: tuple[int | None, ...] = ()

    def answer(self, images: np.ndarray, *, rng: np.random.Generator) -> list[int | None]:
        return list(self.told)


@pytest.mark.parametrize(
    ("told", "marks"),
    [
        ((0, 0, 1, 1), (1, 2)),
        ((0, None, None, 1), (0, 3)),
        ((0, 1, 0, 1), (0, 3)),
        ((0, 0, 0, None), None),
        ((1, 0, 1, 1), None),
        ((None, None, None, None), None),
    ],
)
def test_a_walk_is_marked_where_one_side_ends_and_the_other_begins(
    told: tuple[int | None, ...], marks: tuple[int, int] | None
) -> None:
    person = _Told(careful().oracle, TASK)
    object.__setattr__(person, "told", told)
    assert person.mark(POOL.images[:4], (0, 1), rng=rng()) == marks
