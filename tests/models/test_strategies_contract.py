"""What holds for every strategy in the catalogue."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from models import catalog
from models.interfaces import (
    Generator,
    ImageShape,
    ModelError,
    PartMissing,
    QueryBatch,
    Situation,
    margins,
)
from models.parts.declaring import Kind, Slot
from models.strategies.replay import render
from tests.models.small_worlds import COLOR, SMALL, generator, good_vae, situation, strategy

pytestmark = pytest.mark.slow

NAMES = [each.name for each in catalog.entries(Kind.STRATEGY)]
SYNTHESIZING = catalog.strategies_for(Slot.SYNTHESIZED)
EVERY = pytest.mark.parametrize("name", NAMES)
#: They rank all of a small pool, and draw nothing.
WITHOUT_CHANCE = {
    "margin",
    "least_confidence",
    "entropy",
    "density_weighted",
    "expected_model_change",
    "expected_error_reduction",
    "k_center",
}
#: A search of the paper's length takes long and shows no more than a short one.
QUICK = {"gaal": {"steps": 5, "restarts": 1}}


def _pose(name: str, where: Situation, count: int, seed: int = 11) -> QueryBatch:
    return strategy(name, **QUICK.get(name, {})).pose(where, count, seed=seed)


def _world(classes: int = 2, shape: ImageShape = SMALL, feature_name: str = "pixels") -> Situation:
    imagines: Generator = good_vae(classes) if shape == SMALL else generator("vae", shape)
    return situation(shape=shape, classes=classes, feature_name=feature_name, imagines=imagines)


def _check(batch: QueryBatch, where: Situation, count: int) -> None:
    shape = ImageShape.of(where.pool_images)
    assert len(batch) <= count
    assert ImageShape.of(batch.images) == shape
    assert batch.images.dtype == np.uint8
    assert batch.rows.dtype == np.int64
    for each in (batch.rows, batch.images, batch.utilities, batch.margins):
        assert len(each) == len(batch)
    assert batch.utilities.dtype == batch.margins.dtype == np.float32
    assert len({each.tobytes() for each in batch.images}) == len(batch)
    json.dumps(dict(batch.facts), allow_nan=False)


@EVERY
@pytest.mark.parametrize("feature_name", ["pixels", "discriminator"])
@pytest.mark.parametrize("classes", [2, 10])
def test_batches_have_told_shapes_and_no_image_twice(
    name: str, classes: int, feature_name: str
) -> None:
    where = _world(classes, feature_name=feature_name)
    batch = _pose(name, where, 10)
    _check(batch, where, 10)
    assert len(batch) == 10


@EVERY
def test_color_images_are_posed_as_well(name: str) -> None:
    where = _world(shape=COLOR)
    _check(_pose(name, where, 4), where, 4)


@EVERY
def test_real_images_come_from_the_candidates_and_synthesized_ones_from_their_latents(
    name: str,
) -> None:
    where = _world()
    batch = _pose(name, where, 6)
    if name in SYNTHESIZING:
        assert set(batch.rows) == {-1}
        assert batch.latents is not None
        assert where.generator is not None
        again = [render(where.generator, each)[0] for each in batch.latents]
        assert np.array_equal(np.stack(again), batch.images)
    else:
        assert set(batch.rows) <= set(where.candidates)
        assert batch.latents is None
        assert np.array_equal(batch.images, where.pool_images[batch.rows])


@EVERY
def test_margins_are_those_of_the_images_shown(name: str) -> None:
    where = _world(3)
    batch = _pose(name, where, 6)
    assert where.learner is not None
    expected = margins(where.learner.decide(where.features.extract(batch.images)))
    assert np.allclose(batch.margins, expected, atol=1e-4)


@EVERY
def test_the_same_seed_poses_the_same_and_changes_nothing_in_the_situation(name: str) -> None:
    where = _world()
    kept = [each.copy() for each in (where.pool_images, where.pool_vectors, where.candidates)]
    first, again = _pose(name, where, 8), _pose(name, where, 8)
    assert np.array_equal(first.images, again.images)
    assert np.array_equal(first.utilities, again.utilities)
    assert all(
        np.array_equal(before, after)
        for before, after in zip(
            kept, (where.pool_images, where.pool_vectors, where.candidates), strict=True
        )
    )


@EVERY
def test_another_seed_poses_others_unless_the_strategy_leaves_nothing_to_chance(name: str) -> None:
    where = _world()
    batches = [_pose(name, where, 4, seed=seed).images.tobytes() for seed in range(4)]
    assert (len(set(batches)) == 1) is (name in WITHOUT_CHANCE)


@EVERY
@pytest.mark.parametrize("left", [0, 1, 3])
def test_few_candidates_give_a_short_batch_and_no_error(name: str, left: int) -> None:
    where = _world()
    where = replace(where, candidates=where.candidates[:left])
    batch = _pose(name, where, 10)
    _check(batch, where, 10)
    if name not in SYNTHESIZING:
        assert sorted(batch.rows) == sorted(where.candidates)


@EVERY
@pytest.mark.parametrize("count", [0, 1])
def test_none_or_one_may_be_asked_for(name: str, count: int) -> None:
    where = _world()
    batch = _pose(name, where, count)
    _check(batch, where, count)
    assert len(batch) == count


@EVERY
@pytest.mark.parametrize("pool", [0, 1, 3])
def test_tiny_pools_give_short_batches_or_a_named_error(name: str, pool: int) -> None:
    where = _world()
    where = replace(
        where,
        pool_images=where.pool_images[:pool],
        pool_vectors=where.pool_vectors[:pool],
        candidates=np.arange(pool),
    )
    try:
        batch = _pose(name, where, 5)
    except ModelError:
        return
    _check(batch, where, 5)


@EVERY
def test_a_part_that_is_needed_and_missing_is_named(name: str) -> None:
    where = _world()
    for part in catalog.entry(Kind.STRATEGY, name).needs:
        with pytest.raises(PartMissing, match=f"needs a {part}: "):
            _pose(name, replace(where, **{part: None}), 3)


@EVERY
def test_what_is_not_needed_may_be_missing(name: str) -> None:
    where, needs = _world(), catalog.entry(Kind.STRATEGY, name).needs
    for part in {"learner", "generator"} - needs:
        where = replace(where, **{part: None})
    if "learner" not in needs:
        where = replace(
            where,
            labeled_vectors=where.labeled_vectors[:0],
            labeled_classes=where.labeled_classes[:0],
            asked_vectors=where.asked_vectors[:0],
        )
    batch = _pose(name, where, 3)
    assert len(batch) == 3
    assert np.isnan(batch.margins).all() == ("learner" not in needs)


@EVERY
def test_equal_pictures_in_the_pool_are_posed_once(name: str) -> None:
    where = _world()
    images, vectors = where.pool_images.copy(), where.pool_vectors.copy()
    images[where.candidates], vectors[where.candidates] = images[0], vectors[0]
    batch = _pose(name, replace(where, pool_images=images, pool_vectors=vectors), 5)
    _check(batch, where, 5)
    if name not in SYNTHESIZING:
        assert len(batch) == 1


@pytest.mark.parametrize("name", SYNTHESIZING)
def test_what_was_synthesized_and_asked_before_is_not_posed_again(name: str) -> None:
    where = _world()
    first = _pose(name, where, 5)
    vectors = where.features.extract(first.images)
    asked = np.concatenate([where.asked_vectors, vectors])
    second = _pose(name, replace(where, asked_vectors=asked), 5)
    before = {each.tobytes() for each in first.images}
    assert not before & {each.tobytes() for each in second.images}


@pytest.mark.parametrize("name", SYNTHESIZING)
def test_a_generator_that_always_draws_the_same_poses_one_query(name: str) -> None:
    class OneTrick:
        shape, latent_size, encodes = SMALL, 8, False

        def generate(self, latents):  # type: ignore[no-untyped-def]
            return (latents.sum(1) * 0 + 0.5)[:, None, None, None].expand(-1, 1, 8, 8)

    batch = _pose(name, replace(_world(), generator=OneTrick()), 5)
    assert len(batch) == 1
