"""What makes a run honest: each rule fails here when it is broken by hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from models.experiments import results, runs
from models.experiments.arms import POOL_ONLY, RANDOM_ONLY, SYNTHESIZED_ONLY, Arm
from models.experiments.people import People
from models.experiments.runs import Curve, DishonestRun, Ground, run
from models.experiments.tasks import HELD
from models.interfaces import Images, QueryBatch, Situation
from models.simulation import digest
from models.virtual_examples import COPIES
from tests.models.experiments import small_grounds
from tests.models.experiments.small_grounds import POOL, TEST, small_arm

pytestmark = pytest.mark.slow


@lru_cache
def ground() -> Ground:
    return small_grounds.ground()


def asked(arm: Arm, answers: int = 30, seed: int = 1) -> Curve:
    return run(ground(), arm, answers=answers, seed=seed)


def test_every_answer_counts_refusals_too() -> None:
    curve = asked(small_arm(mix=SYNTHESIZED_ONLY), answers=40)
    assert [point.answers for point in curve.points] == [6, 11, 16, 21, 26, 31, 36, 40]
    assert sum(curve.tally.posed.values()) == 40
    refused = sum(curve.tally.refused.values())
    assert curve.points[-1].labels == 40 - refused


@dataclass(frozen=True)
class _Listening(People):
    """Remembers what it was shown."""

    shown: list[bytes] = field(default_factory=list)

    def answer(self, images: Images, *, rng: np.random.Generator) -> list[int | None]:
        self.shown.extend(image.tobytes() for image in images)
        return super().answer(images, rng=rng)


def shown(arm: Arm, seed: int) -> list[bytes]:
    listening = _Listening(ground().people.oracle, ground().people.task)
    run(replace(ground(), people=listening), arm, answers=30, seed=seed)
    return listening.shown


@pytest.mark.parametrize("mix", [RANDOM_ONLY, SYNTHESIZED_ONLY], ids=["random", "synthesized"])
def test_the_same_seed_asks_the_same_and_another_one_something_else(mix: dict[str, float]) -> None:
    arm = small_arm(mix=mix)
    assert shown(arm, 1) == shown(arm, 1)
    assert shown(arm, 1) != shown(arm, 2)


def test_a_learner_knows_more_at_the_end() -> None:
    curve = asked(small_arm(mix=POOL_ONLY), answers=40)
    assert curve.points[-1].accuracy["small"] > 0.9


def test_bold_people_refuse_no_more_than_careful_ones() -> None:
    tally = asked(small_arm(mix=SYNTHESIZED_ONLY), answers=40).tally
    assert all(tally.refused_if_bold[each] <= tally.refused[each] for each in tally.posed)


def test_real_images_of_the_pool_are_never_refused() -> None:
    tally = asked(small_arm(mix=RANDOM_ONLY), answers=60).tally
    assert sum(tally.refused.values()) == 0


def test_the_paper_s_schedule_makes_each_sixth_round_random() -> None:
    arm = small_arm(mix=SYNTHESIZED_ONLY, random_round_every=6)
    tally = asked(arm, answers=6 + 5 * 11).tally
    assert tally.posed["explore"] == 10


def test_full_supervision_asks_nobody() -> None:
    curve = run(ground(), replace(small_arm(), supervised=True), answers=30, seed=0)
    assert curve.tally.posed == {}
    assert {point.labels for point in curve.points} == {len(POOL)}


def test_a_pool_that_runs_out_ends_the_run() -> None:
    curve = run(ground(), small_arm(mix=POOL_ONLY), answers=500, seed=0)
    assert curve.points[-1].answers == len(POOL)


class _Cheat:
    """Poses what it is told to; implements `Strategy`."""

    def __init__(self, rows: list[int], images: Any) -> None:
        self.rows, self.images = rows, images

    def pose(self, situation: Situation, count: int, *, seed: int) -> QueryBatch:
        some = np.zeros(len(self.rows), dtype=np.float32)
        return QueryBatch(np.array(self.rows), self.images, some, some)


@pytest.mark.parametrize(
    ("rows", "images", "what"),
    [
        ([3, 3], POOL.images[[3, 3]], "Pool image 3 was posed twice"),
        ([3], POOL.images[[4]], "Pool image 3 was posed with other pixels"),
        ([-1, -1], POOL.images[[3, 3]], "synthesized image was posed twice"),
    ],
)
def test_a_strategy_that_breaks_the_bookkeeping_ends_the_run(
    rows: list[int], images: Any, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class _Module:
        @staticmethod
        def build(options: object) -> _Cheat:
            return _Cheat(rows, images)

    load = runs.catalog.module
    cheat = lambda kind, name: _Module if kind == "strategy" else load(kind, name)  # noqa: E731
    monkeypatch.setattr(runs.catalog, "module", cheat)
    with pytest.raises(DishonestRun, match=what):
        asked(small_arm())


def test_a_walk_costs_one_answer_and_teaches_both_of_its_sides() -> None:
    taught: list[int] = []

    class Watched(runs._Run):
        def fit(self) -> None:
            super().fit()
            taught.append(len(self.asked.classes()))

    going = Watched(ground(), small_arm(walk_share=1.0), 1)
    for _ in range(6):
        going.turn(5)
    asked = going.asked
    marked = asked.answers.count(runs.MARKED)
    assert len(asked.answers) == sum(going.tally.posed.values()) == 30
    assert marked == len(asked.frames) > 0
    assert all(len(set(sides.tolist())) == 2 for sides in asked.frame_classes)
    assert taught[-1] == len(asked.named()) + sum(map(len, asked.frames))
    assert asked.labels == len(asked.named()) + marked


def test_stretched_copies_teach_beside_the_labels_and_cost_no_answer() -> None:
    for stretch, each in ((0.0, 1), (0.5, 1 + COPIES)):
        going = runs._Run(ground(), small_arm(walk_share=1.0, stretch=stretch), 1)
        for _ in range(6):
            going.turn(5)
        asked = going.asked
        assert len(asked.answers) == 30
        assert going.learner is not None
        taught = len(asked.named()) + sum(map(len, asked.frames))
        assert going.learner.checkpoint().facts["labels"] == each * taught
    supervised = replace(small_arm(stretch=0.5), supervised=True)
    assert run(ground(), supervised, answers=30, seed=0).points[-1].labels == len(POOL)


class _Misled(People):
    """Names what is synthesized as the other class."""

    def answer(self, images: Images, *, rng: np.random.Generator) -> list[int | None]:
        told = super().answer(images, rng=rng)
        real = [digest(image) in self.oracle.truth for image in images]
        return [
            each if known or each is None else 1 - each
            for each, known in zip(told, real, strict=True)
        ]


def test_a_steered_mix_takes_slots_from_a_source_whose_answers_mislead() -> None:
    misled = _Misled(ground().people.oracle, ground().people.task, forced=True)
    held = ground().features.extract(TEST.images), TEST.classes
    mix = {"synthesized": 0.5, "pool": 0.25, "explore": 0.25}
    for holdout in (held, None):
        ends = replace(ground(), people=misled, holdout=holdout)
        going = runs._Run(ends, small_arm(mix=mix), 1)
        for _ in range(12):
            going.turn(5)
        shares = going._mix()
        assert sum(shares.values()) == pytest.approx(1)
        assert shares == mix if holdout is None else shares["synthesized"] < 0.4


def test_a_mix_is_steered_where_the_settings_of_a_run_say_so() -> None:
    assert "steer_mix" not in results.settings_of(small_arm())
    assert f'"steer_mix": {HELD}' in results.settings_of(small_arm(steer_mix=True))


def test_without_copies_the_settings_of_a_run_say_nothing_of_them() -> None:
    assert "stretch" not in results.settings_of(small_arm())
    assert '"stretch": 0.5' in results.settings_of(small_arm(stretch=0.5))


def test_without_walks_the_settings_of_a_run_say_nothing_of_them() -> None:
    assert "walk_share" not in results.settings_of(small_arm())
    assert '"walk_share": 0.5' in results.settings_of(small_arm(walk_share=0.5))
