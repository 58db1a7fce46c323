"""What a task must be before anything is measured on it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.experiments import tasks
from models.experiments.tasks import (
    TASKS,
    DataMissing,
    LabeledImages,
    NotDisjoint,
    strange,
    stretched,
    subset,
)
from tests.models.experiments.small_grounds import LESSONS, NAMES, POOL, TASK, TEST, task


def _joined(one: LabeledImages, other: LabeledImages) -> LabeledImages:
    return LabeledImages(
        np.concatenate([one.images, other.images]), np.concatenate([one.classes, other.classes])
    )


@pytest.mark.parametrize(
    "shared",
    [
        {"pool": _joined(POOL, TEST.rows(np.arange(1)))},
        {"pool": _joined(POOL, LESSONS.rows(np.arange(1)))},
        {"lessons": (_joined(LESSONS, TEST.rows(np.arange(1))),)},
    ],
    ids=["pool and test", "pool and lessons", "lessons and test"],
)
def test_one_shared_image_is_enough_to_refuse_a_task(shared: dict[str, object]) -> None:
    with pytest.raises(NotDisjoint, match="1 images are in both"):
        task(**shared)


def test_an_image_of_other_classes_has_another_digest() -> None:
    other = LabeledImages(POOL.images, 1 - POOL.classes)
    assert len({POOL.sha256, other.sha256, TEST.sha256}) == 3
    assert LabeledImages(POOL.images.copy(), POOL.classes.copy()).sha256 == POOL.sha256


def test_a_subset_is_always_the_same_and_keeps_tests_and_lessons() -> None:
    small = subset(task(), 30)
    assert len(small.pool) == 30
    assert small.pool.sha256 == subset(task(), 30).pool.sha256
    assert small.tests == task().tests


def test_what_steers_is_of_the_task_s_classes_and_neither_in_pool_nor_test() -> None:
    held = task().holdout(0)
    shown = {image.tobytes(): place for place, image in enumerate(LESSONS.images)}
    lessons = LESSONS.classes[[shown[image.tobytes()] for image in held.images]]
    assert 0 < len(held) < len(LESSONS)
    assert [TASK[place] for place in held.classes] == [NAMES[place] for place in lessons]
    assert held.sha256 == task().holdout(0).sha256


def test_a_missing_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    for name in TASKS:
        with pytest.raises(DataMissing, match=r"npz is not in .* --data"):
            tasks.task(name, tmp_path)


def test_stretching_keeps_means_and_range() -> None:
    images = np.zeros((2, 1, 16, 16), dtype=np.uint8)
    images[1] = 200
    wide = stretched(images, 28)
    assert wide.shape == (2, 1, 28, 28)
    assert wide[0].max() == 0
    assert set(np.unique(wide[1])) == {200}


def test_strange_images_are_as_many_and_none_of_the_real_ones() -> None:
    made = strange(POOL.images, seed=0)
    assert made.shape == POOL.images.shape
    assert made.dtype == np.uint8
    real = {image.tobytes() for image in POOL.images}
    assert sum(image.tobytes() in real for image in made) <= 2


def test_mnist_5_and_7_are_as_the_paper_says(real_data: Path) -> None:
    found = tasks.task("mnist-57", real_data)
    assert len(found.pool) == 11_686
    assert len(found.tests["usps"][0]) == 1201
    assert sum(len(test) for test in found.tests["mnist"]) == 1920
    assert found.lesson_names == tuple("0123456789")
