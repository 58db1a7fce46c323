"""A small ground to run experiments on: eight by eight patterns of three classes, one not asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.experiments.arms import Arm
from models.experiments.people import People
from models.experiments.runs import Ground
from models.experiments.tasks import LabeledImages, Task
from models.presets import PRESETS, Choice
from models.simulation import digest, train_oracle
from tests.models.small_worlds import features, good_vae, quiet, world

NAMES = ("first", "second", "neither")
TASK = NAMES[:2]
_ALL = world(count=480, classes=3)
_PAIR = np.flatnonzero(_ALL.classes[:240] < 2)
POOL, TEST = (
    LabeledImages(_ALL.images[rows], _ALL.classes[rows]) for rows in (_PAIR[:120], _PAIR[120:])
)
LESSONS = LabeledImages(_ALL.images[240:], _ALL.classes[240:])


def task(**changes: object) -> Task:
    """Make a task of the small world."""
    plain = {
        "name": "small",
        "class_names": TASK,
        "pool": POOL,
        "tests": {"small": (TEST,)},
        "lesson_names": NAMES,
        "lessons": (LESSONS,),
    }
    return Task(**{**plain, **changes})  # type: ignore[arg-type]


def ground(*, forced: bool = False) -> Ground:
    """Make a ground on pixels, with a generator that has learned and people who know."""
    oracle = train_oracle(LESSONS.images, LESSONS.classes, NAMES, seed=0, progress=quiet)
    truth = {
        digest(image): TASK[place] for image, place in zip(POOL.images, POOL.classes, strict=True)
    }
    pixels = features()
    return Ground(
        pool=POOL,
        pool_vectors=pixels.extract(POOL.images),
        features=pixels,
        generator=good_vae(),
        people=People(replace(oracle, truth=truth), TASK, forced),
        tests={"small": (pixels.extract(TEST.images), TEST.classes)},
        class_count=2,
    )


def small_arm(**changes: object) -> Arm:
    """Make the default preset small enough for the small world."""
    preset = replace(PRESETS["default"], features=Choice("pixels"), cold_start_size=6, batch_size=5)
    return Arm("small", replace(preset, **changes))  # type: ignore[arg-type]
